import { expect } from 'vitest'
import { contract, type Gap, type Open } from '../run/contract.ts'
import type { VideoId } from '../run/id.ts'
import type { JobState, Jobs } from './jobs.ts'

export interface OpenedJobs {
  readonly jobs: Jobs
  /** One job at a time; those whose generation is 1 end at once with success, 2 with failure, others run until stopped. */
  readonly started: () => Promise<readonly string[]>
}

const input = (generation: number) => ({ videoId: 'vid_1' as string as VideoId, generation })
const [SUCCEEDS, FAILS, STAYS] = [1, 2, 3] as const

const becomes = (jobs: Jobs, id: string, state: JobState) =>
  expect.poll(() => jobs.state(id), { timeout: 20_000 }).toBe(state)

/** Every promise of the Jobs port. */
export function jobsContract(title: string, open: Open<OpenedJobs>, gaps: readonly Gap[] = []): void {
  contract(title, open, gaps, (rule) => {
    rule('knows nothing of a job that was never started', async ({ jobs }) => {
      expect(await jobs.state('none')).toBe('unknown')
    })
    rule('runs a job to its end', async ({ jobs }) => {
      await jobs.start('transcode', 'a', input(SUCCEEDS))
      await becomes(jobs, 'a', 'done')
    })
    rule('tells that a job failed', async ({ jobs }) => {
      await jobs.start('transcode', 'a', input(FAILS))
      await becomes(jobs, 'a', 'failed')
    })
    rule('starts a running job only once', async ({ jobs, started }) => {
      await jobs.start('transcode', 'a', input(STAYS))
      await expect.poll(started, { timeout: 20_000 }).toEqual(['a'])
      await jobs.start('transcode', 'a', input(STAYS))
      await jobs.start('transcode', 'b', input(SUCCEEDS))
      await jobs.stop('a')
      // Whatever was started for 'a' beside the first one would have come before 'b'.
      await becomes(jobs, 'b', 'done')
      expect(await started()).toEqual(['a', 'b'])
    })
    rule('starts an ended job again', async ({ jobs, started }) => {
      for (const times of [1, 2]) {
        await jobs.start('transcode', 'a', input(SUCCEEDS))
        await becomes(jobs, 'a', 'done')
        expect(await started()).toHaveLength(times)
      }
    })
    rule('lets a job wait for a free slot', async ({ jobs }) => {
      await jobs.start('transcode', 'a', input(STAYS))
      await jobs.start('transcode', 'b', input(SUCCEEDS))
      await becomes(jobs, 'a', 'running')
      expect(await jobs.state('b')).toBe('queued')
      await jobs.stop('a')
      await becomes(jobs, 'b', 'done')
    })
    rule('stops a running job before it resolves', async ({ jobs }) => {
      await jobs.start('transcode', 'a', input(STAYS))
      await becomes(jobs, 'a', 'running')
      await jobs.stop('a')
      expect(['failed', 'unknown']).toContain(await jobs.state('a'))
    })
    rule('never runs a job that was stopped while it waited', async ({ jobs, started }) => {
      await jobs.start('transcode', 'a', input(STAYS))
      await jobs.start('transcode', 'b', input(SUCCEEDS))
      await jobs.stop('b')
      await jobs.stop('a')
      await jobs.start('transcode', 'c', input(SUCCEEDS))
      await becomes(jobs, 'c', 'done')
      expect(await started()).not.toContain('b')
    })
    rule('stops what does not run', async ({ jobs }) => {
      await expect(jobs.stop('none')).resolves.toBeUndefined()
    })
  })
}
