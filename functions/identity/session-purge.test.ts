import { expect, it } from 'vitest'
import { openTestColumn } from '../../adapters/local/testing/column.ts'
import { memoryLog } from '../../adapters/local/testing/log.ts'
import sessionPurge from './session-purge.ts'

it('says nothing when there was no session to remove', async () => {
  await using column = await openTestColumn()
  const log = memoryLog()
  const ctx = { requestId: 'x', traceparent: 'x', signal: new AbortController().signal, log }
  await sessionPurge.handler(column.ports, ctx)
  expect(log.lines).toEqual([])
})
