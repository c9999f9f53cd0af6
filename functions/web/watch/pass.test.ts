import { describe, expect, it } from 'vitest'
import type { PlaybackSession } from '../../../core/video/wire.ts'
import { ApiProblem, Unreachable } from '../kit/problem.ts'
import { keepBeating, openPass } from './pass.ts'

const session = (token: string, id = 'pbs_1'): PlaybackSession => ({
  ...{ id, token, tokenExpiresAt: '2026-01-01T00:05:00Z' },
  heartbeatSeconds: 20,
})
const problem = (status: number, code: string) => new ApiProblem({ status, code, title: code })
const refused = problem(403, 'playback-ended')

/** Beats with these answers, one after the other; the last one should end it. */
async function beats(...answers: readonly (string | Error)[]) {
  const pass = openPass(session('first'))
  const sent: string[] = []
  const waits: number[] = []
  const why = await keepBeating(pass, {
    async beat({ token }) {
      sent.push(token)
      const answer = answers[sent.length - 1] ?? refused
      if (answer instanceof Error) throw answer
      return session(answer)
    },
    wait: async (milliseconds) => void waits.push(milliseconds),
    signal: new AbortController().signal,
  })
  return { pass, sent, waits, why }
}

describe('keepBeating', () => {
  it('beats with the token that the answer before brought', async () => {
    expect((await beats('second', 'third')).sent).toEqual(['first', 'second', 'third'])
  })

  it('waits as long as the platform says', async () => {
    expect((await beats('second')).waits).toEqual([20_000, 20_000])
  })

  it('tells a refusal at once', async () => {
    expect(await beats(refused)).toMatchObject({ sent: ['first'], why: refused })
  })

  it.each([
    ['no network', new Unreachable('no answer')],
    ['a server in trouble', problem(503, 'decision-unavailable')],
    ['too many requests', problem(429, 'too-many-requests')],
  ])('bears three beats lost to %s', async (_name, lost) => {
    expect((await beats(lost, lost, lost, 'second')).pass.token()).toBe('second')
  })

  it('is over with the fourth lost beat in a row', async () => {
    const lost = new Unreachable('no answer')
    expect(await beats(lost, lost, lost, lost)).toMatchObject({ sent: Array(4).fill('first'), why: lost })
  })

  it('counts lost beats anew after one that came through', async () => {
    const lost = new Unreachable('no answer')
    expect((await beats(lost, lost, lost, 'second', lost, lost, lost, 'third')).pass.token()).toBe('third')
  })

  it('keeps the session that a newer playback brought while a beat was on its way', async () => {
    const pass = openPass(session('first'))
    const run = new AbortController()
    await keepBeating(pass, {
      async beat() {
        pass.adopt(session('other', 'pbs_2'))
        run.abort()
        return session('second')
      },
      wait: async () => undefined,
      signal: run.signal,
    })
    expect(pass.session()).toMatchObject({ id: 'pbs_2', token: 'other' })
  })

  it('says nothing when it is told to stop', async () => {
    const run = new AbortController()
    const beating = keepBeating(openPass(session('first')), {
      beat: async () => session('second'),
      wait: async () => run.abort(),
      signal: run.signal,
    })
    expect(await beating).toBeUndefined()
  })
})
