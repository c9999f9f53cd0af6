import { expect, it } from 'vitest'
import { openTestColumn } from '../../adapters/local/testing/column.ts'
import { aPerson, aVideo } from '../../adapters/local/testing/rows.ts'
import type { Jobs } from '../ports/jobs.ts'
import { findVideo } from '../video/store.ts'
import { sweepTranscodes } from './start.ts'

/** Jobs that are lost as soon as they are started. */
async function openLosingJobs() {
  const started: string[] = []
  const jobs: Jobs = {
    start: async (_, id) => void started.push(id),
    state: async () => 'failed',
    stop: async () => undefined,
  }
  const column = await openTestColumn({ ports: { jobs } })
  const { id } = await aVideo(column.ports.db, { ownerId: (await aPerson(column.ports.db)).id })
  return Object.assign(column, { id, started })
}

it('starts the job of a film again that has lost its worker', async () => {
  await using at = await openLosingJobs()
  await sweepTranscodes(at.ports, at.ctx)
  expect(at.started).toEqual([`${at.id}-g1`])
})

it('gives a film up whose job is lost again and again', async () => {
  await using at = await openLosingJobs()
  for (let sweep = 0; sweep < 32; sweep++) await sweepTranscodes(at.ports, at.ctx)
  expect([at.started.length, await findVideo(at.ports.db, at.id)]).toMatchObject([
    30,
    { status: 'failed', failure: { reason: 'work-failed', detail: 'job' } },
  ])
})

it('starts the job of a film again although that of another one cannot be asked about', async () => {
  await using at = await openLosingJobs()
  const { id: other } = await aVideo(at.ports.db, { ownerId: (await aPerson(at.ports.db)).id })
  for (const silent of [at.id, other]) {
    const state: Jobs['state'] = async (job) =>
      job === `${silent}-g1` ? Promise.reject(new Error('throttled')) : 'failed'
    await sweepTranscodes({ ...at.ports, jobs: { ...at.ports.jobs, state } }, at.ctx)
  }
  expect(at.started).toEqual([`${other}-g1`, `${at.id}-g1`])
})
