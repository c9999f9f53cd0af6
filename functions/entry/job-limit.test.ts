import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { expect, it } from 'vitest'

/** Runs a job of so little time in a process of its own; resolves with its status and what it printed. */
function runWith(work: string, minutes = 0.001) {
  const program = `
    import { limitJob } from ${JSON.stringify(join(import.meta.dirname, 'job-limit.ts'))}
    const end = new AbortController()
    const signal = limitJob(end.signal, { minutes: ${minutes}, graceMs: 200 })
    ${work}`
  return new Promise<{ status: unknown; printed: string }>((resolve) => {
    const args = ['--input-type=module-typescript', '-e', program]
    execFile(process.execPath, args, { timeout: 30_000 }, (error, printed) =>
      resolve({ status: error ? error.code : 0, printed }),
    )
  })
}
const HANG = 'setInterval(() => undefined, 1000)'

it('tells a job that its time is up', async () => {
  const told = "signal.addEventListener('abort', () => { console.log(signal.reason.name); process.exit(0) })"
  expect(await runWith(`${HANG};${told}`)).toEqual({ status: 0, printed: 'DeadlineReached\n' })
})
it('ends a job that does not heed it', async () => {
  expect(await runWith(HANG)).toEqual({ status: 1, printed: '' })
})
it('does not hold a process whose job is over', async () => {
  expect(await runWith("console.log('over')", 60)).toEqual({ status: 0, printed: 'over\n' })
})
it('tells a job that it is asked to stop', async () => {
  expect(await runWith('end.abort(); console.log(signal.aborted)', 60)).toEqual({
    status: 0,
    printed: 'true\n',
  })
})
