import { expect, it } from 'vitest'
import type { Context } from '../../core/run/context.ts'
import { memoryLog } from '../local/testing/log.ts'
import { openIds } from '../node/ids.ts'
import { awsSchedule } from './schedule.ts'

function open(run: (ctx: Context) => Promise<void>) {
  const log = memoryLog()
  const scheduled = { name: 'tick', timeoutSeconds: 0.05, run }
  return { log, handler: awsSchedule(async () => scheduled, { log, ids: openIds() }) }
}

it('runs with a Context of its own', async () => {
  const contexts: Context[] = []
  const { handler } = open(async (ctx) => void contexts.push(ctx))
  await handler({}, { awsRequestId: 'e1506fd5-9e7b-434f-bd42-4f8fa224b599' })
  expect(contexts).toMatchObject([{ requestId: 'e1506fd5-9e7b-434f-bd42-4f8fa224b599' }])
})
it('logs a run that fails and throws, so that Lambda calls again', async () => {
  const { handler, log } = open(() => Promise.reject(new Error('no disk')))
  await expect(handler({})).rejects.toThrow('tick failed')
  expect(log.lines).toMatchObject([
    { level: 'error', fields: { function: 'tick', error: { message: 'no disk' } } },
  ])
})
it('tells the run that its time is up', async () => {
  const { handler } = open(
    ({ signal }) => new Promise((resolve) => signal.addEventListener('abort', () => resolve())),
  )
  await expect(handler({})).resolves.toBeUndefined()
})
