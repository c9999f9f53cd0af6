import { isDeepStrictEqual } from 'node:util'
import type { ForeignMessage } from '../../core/run/consumer.ts'
import type { AnyEvent } from '../../events/catalog.ts'
import type { Asked, EventCase, Settlement } from './event-case.ts'

/** What is wrong with a run of an event case, in words; `undefined` where it holds. */
export function judgeEvents(
  wanted: EventCase,
  settled: readonly Settlement[],
  asked: readonly Asked[],
): string | undefined {
  const consumed = asked.filter((a) => a.asked === 'consume')
  const kept = asked.filter((a) => a.asked === 'keep')
  const wrong = [
    ...fault('settlements', wanted.settled, broughtAgain(wanted, settled, asked)),
    ...(wanted.consumes
      ? fault('events', inOrder(wanted.consumes), inOrder(consumed.map((a) => a.event)))
      : []),
    ...(wanted.keeps
      ? keptFaults(
          wanted.keeps,
          kept.map(({ message }) => message),
        )
      : []),
    ...(wanted.runs === undefined
      ? []
      : fault('runs', wanted.runs, asked.filter((a) => a.asked === 'run').length)),
    ...(wanted.attempt === undefined
      ? []
      : attemptFaults(
          wanted.attempt,
          consumed.map((a) => a.attempt),
        )),
  ]
  return wrong.length > 0 ? wrong.join('; ') : undefined
}

/** What was postponed is brought again by the outbox, though its platform is done with it. */
const broughtAgain = (
  { laterSeconds }: EventCase,
  settled: readonly Settlement[],
  asked: readonly Asked[],
): readonly Settlement[] =>
  laterSeconds !== undefined && asked.some((a) => a.asked === 'postpone' && a.afterSeconds === laterSeconds)
    ? settled.map(() => 'again')
    : settled

/** A platform's envelope around the message is kept with it: replayed, the whole is read again. */
function keptFaults(wanted: NonNullable<EventCase['keeps']>, got: readonly ForeignMessage[]): string[] {
  const same = wanted.length === got.length && wanted.every((one, at) => holds(got[at], one))
  return same ? [] : fault('kept messages', wanted, got)
}

const holds = (
  kept: ForeignMessage | undefined,
  { body, encoding }: Pick<ForeignMessage, 'body' | 'encoding'>,
) =>
  kept !== undefined &&
  ((kept.body === body && kept.encoding === encoding) ||
    kept.body.includes(JSON.stringify(body).slice(1, -1)) ||
    kept.body.includes(Buffer.from(body, encoding).toString('base64')))

/** A platform that does not tell leaves it open; the database counts then. */
const attemptFaults = (wanted: number, told: readonly (number | undefined)[]): string[] =>
  told.flatMap((attempt) => (attempt === undefined ? [] : fault('attempt', wanted, attempt)))

/** Deliveries come in no order. */
const inOrder = (events: readonly AnyEvent[]) =>
  [...events].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0))

function fault(what: string, wanted: unknown, got: unknown): string[] {
  if (isDeepStrictEqual(wanted, got)) return []
  const short = (value: unknown) => (JSON.stringify(value) ?? 'nothing').slice(0, 300)
  return [`${what}: ${short(wanted)} were wanted, ${short(got)} came`]
}
