import { expect, it } from 'vitest'
import { memoryLog } from '../../adapters/local/testing/log.ts'
import { type CronFunction, cron } from '../../core/run/function.ts'
import { localEveryMs, runSchedules } from './schedule.ts'

it.each<[CronFunction['every'], number]>([
  ['1 minute', 10_000],
  ['5 minutes', 300_000],
  ['1 day', 86_400_000],
  ['30 days', 2 ** 31 - 1],
])('runs what is to run every %s every %i ms on one machine', (every, ms) => {
  expect(localEveryMs(every)).toBe(ms)
})

const sweep = cron({
  ...{ name: 'sweep', every: '1 minute', uses: {}, memoryMb: 128, timeoutSeconds: 10 },
  handler: async () => undefined,
})

it('runs everything once at its start', async () => {
  const ran: string[] = []
  const schedules = runSchedules([sweep], { log: memoryLog() }, async (fn) => void ran.push(fn.name))
  await schedules.stop()
  expect(ran).toEqual(['sweep'])
})

it('logs a run that fails', async () => {
  const log = memoryLog()
  const error = new Error('broken')
  await runSchedules([sweep], { log }, () => Promise.reject(error)).stop()
  expect(log.lines).toMatchObject([{ message: 'scheduled run failed', fields: { function: 'sweep', error } }])
})

it('stops when a run hangs, and tells which', async () => {
  const log = memoryLog()
  const hang = () => new Promise<never>(() => undefined)
  await runSchedules([sweep], { log, stopSeconds: 0.1 }, hang).stop()
  expect(log.lines).toMatchObject([
    { message: 'scheduled runs are cut off', fields: { functions: ['sweep'] } },
  ])
})
