import type { Consumer, Scheduled } from '../../core/run/consumer.ts'
import { done, type Verdict } from '../../core/run/verdict.ts'
import type { Asked, Behaviour } from './event-case.ts'
import { TIMEOUT_SECONDS } from './http-case.ts'

/** Tells the run what the consumer was asked, and learns how it must behave. */
export type Tell = (asked: Asked) => Promise<Behaviour>

/** The consumer under the conformance run. */
export function toldConsumer(tell: Tell): Consumer {
  return {
    name: 'conformance',
    timeoutSeconds: TIMEOUT_SECONDS,
    consume: async (event, attempt) =>
      act(await tell({ asked: 'consume', event, ...(attempt === undefined ? {} : { attempt }) })),
    keep: async (message) => {
      await act(await tell({ asked: 'keep', message }))
    },
    postpone: async (event, afterSeconds) => {
      await act(await tell({ asked: 'postpone', event, afterSeconds }))
    },
  }
}

/** The schedule under the conformance run. */
export function toldSchedule(tell: Tell): Scheduled {
  return {
    name: 'conformance-schedule',
    timeoutSeconds: TIMEOUT_SECONDS,
    run: async () => {
      await act(await tell({ asked: 'run' }))
    },
  }
}

function act(behaviour: Behaviour): Promise<Verdict> {
  if (behaviour.is === 'throws') return Promise.reject(new Error('the database cannot be reached'))
  if (behaviour.is === 'hangs') return new Promise(() => undefined)
  return Promise.resolve(behaviour)
}

/** For bundles: asks the run's own server over HTTP. */
export function tellOver(url: string): Tell {
  return async (asked) => {
    const response = await fetch(url, { method: 'POST', body: JSON.stringify(asked) })
    if (!response.ok) throw new Error(`the conformance run answered ${response.status}`)
    return (await response.json()) as Behaviour
  }
}

/** What the run itself answers, and what it was told. */
export interface Teller {
  readonly tell: Tell
  readonly asked: Asked[]
  /** Forgets what was asked, and behaves like this from now on. */
  begin(behaves: Readonly<Record<string, Behaviour>>): void
}

export function openTeller(): Teller {
  const asked: Asked[] = []
  let behaves: Readonly<Record<string, Behaviour>> = {}
  const keyOf = (question: Asked) =>
    question.asked === 'consume' ? question.event.id : question.asked === 'run' ? 'schedule' : ''
  return {
    asked,
    tell: async (question) => {
      asked.push(question)
      return behaves[keyOf(question)] ?? done
    },
    begin: (next) => {
      asked.length = 0
      behaves = next
    },
  }
}
