import { describe, expect, it } from 'vitest'
import { openSteps } from './steps.ts'

const QUIET = { begun: () => undefined, over: () => undefined }
const never = () => new Promise<void>(() => undefined)

describe('the steps of a run', () => {
  it('are counted when they are over', async () => {
    const steps = openSteps(new AbortController().signal, QUIET)
    await steps.take('wash', 5, async () => undefined)
    await steps.take('dry', 5, async () => undefined)
    expect(steps.done.map(({ step }) => step)).toEqual(['wash', 'dry'])
  })
  it('name the one that is not over in time', async () => {
    const steps = openSteps(new AbortController().signal, QUIET)
    await expect(steps.take('wait for rain', 0.01, never)).rejects.toMatchObject({
      message: 'failed: wait for rain',
      cause: { message: 'not over after 0.01 s' },
    })
  })
  it('keep the cause of a failure', async () => {
    const steps = openSteps(new AbortController().signal, QUIET)
    const cause = new Error('the rope is too short')
    await expect(steps.take('climb', 5, () => Promise.reject(cause))).rejects.toMatchObject({ cause })
  })
  it('do not count one that has failed', async () => {
    const steps = openSteps(new AbortController().signal, QUIET)
    await Promise.allSettled([steps.take('climb', 5, () => Promise.reject(new Error('no')))])
    expect(steps.done).toEqual([])
  })
  it('end with the run, whatever they wait for', async () => {
    const ending = new AbortController()
    const waiting = openSteps(ending.signal, QUIET).take('wait for rain', 60, never)
    ending.abort(new Error('ended by SIGINT'))
    await expect(waiting).rejects.toThrow('ended by SIGINT')
  })
})
