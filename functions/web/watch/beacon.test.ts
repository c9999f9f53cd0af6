import { expect, it } from 'vitest'
import type { PlaybackBeacon } from '../../../core/usage/wire.ts'
import { Unreachable } from '../kit/problem.ts'
import { openPlayTime } from './beacon.ts'

function playing(answers: readonly Error[] = []) {
  const sent: PlaybackBeacon[] = []
  const left = [...answers]
  const time = openPlayTime('vid_1', async (beacon) => {
    sent.push(beacon)
    const failure = left.shift()
    if (failure) throw failure
  })
  return { time, told: () => sent.map(({ sequence, seconds }) => [sequence, seconds]), sent }
}
const settled = () => new Promise<void>((resolve) => setImmediate(resolve))

it('tells of each half minute that was played', async () => {
  const { time, told } = playing()
  time.start(0)
  for (const ms of [10_000, 30_000, 45_000, 60_000]) {
    time.look(ms)
    await settled()
  }
  expect(told()).toEqual([
    [1, 30],
    [2, 30],
  ])
})

it('does not count a pause', async () => {
  const { time, told } = playing()
  time.start(0)
  time.stop(5_000)
  time.look(100_000)
  time.start(100_000)
  time.end(104_000)
  await settled()
  expect(told()).toEqual([[1, 9]])
})

it('tells nothing of a film that was never played', async () => {
  const { time, told } = playing()
  time.look(60_000)
  time.end(60_000)
  await settled()
  expect(told()).toEqual([])
})

it('tells what was lost again, under the same number and before the next', async () => {
  const { time, told } = playing([new Unreachable('away')])
  time.start(0)
  time.look(30_000)
  await settled()
  time.look(60_000)
  await settled()
  await settled()
  expect(told()).toEqual([
    [1, 30],
    [1, 30],
    [2, 30],
  ])
})

it('does not insist where it is refused', async () => {
  const { time, told } = playing([new Error('refused')])
  time.start(0)
  time.look(30_000)
  await settled()
  time.look(60_000)
  await settled()
  expect(told()).toEqual([
    [1, 30],
    [2, 30],
  ])
})

it('calls each opening of a player by a name of its own, as the API wants it', async () => {
  const openings = [playing(), playing()]
  for (const { time } of openings) {
    time.start(0)
    time.end(1_000)
  }
  await settled()
  const names = openings.map(({ sent }) => sent[0]?.sessionId ?? '')
  expect([new Set(names).size, names.every((name) => /^[\w-]{16,64}$/.test(name))]).toEqual([2, true])
})
