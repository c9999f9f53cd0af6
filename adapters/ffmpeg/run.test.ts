import { describe, expect, it } from 'vitest'
import { MediaFailed } from '../../core/ports/media.ts'
import { runTool, type Tool } from './run.ts'

const node: Tool = { command: process.execPath, args: ['-e'] }
const shell: Tool = { command: '/bin/sh', args: ['-c'] }
const signal = new AbortController().signal

/** What the run ended with. */
const endOf = (run: Promise<unknown>) =>
  run.then(
    () => 'success',
    (error: unknown) => (error instanceof MediaFailed ? error.message : `${error}`),
  )

describe('a tool that brings nothing forth', () => {
  it('is ended when it prints no line', async () => {
    const run = runTool(shell, ['exec sleep 600'], { signal, onLine: () => undefined, patienceSeconds: 0.2 })
    expect(await endOf(run)).toMatch(/made no progress/)
  })
  it('is ended when it prints the same progress again and again', async () => {
    const block = 'frame=7\nfps=0.%s\nout_time_us=280000\nspeed=0.%s\nprogress=continue\n'
    const script = `i=0; while :; do i=$((i+1)); printf '${block}' $i $i; sleep 0.05; done`
    const run = runTool(shell, [script], { signal, onLine: () => undefined, patienceSeconds: 0.5 })
    expect(await endOf(run)).toMatch(/made no progress/)
  })
  it('is ended when nobody reads its lines and it does not end', async () => {
    const run = runTool(shell, ['while :; do echo line; sleep 0.05; done'], { signal, patienceSeconds: 0.3 })
    expect(await endOf(run)).toMatch(/made no progress/)
  })
  it('is killed when it does not heed SIGTERM', async () => {
    const run = runTool(shell, ["trap '' TERM; while :; do sleep 0.05; done"], {
      signal,
      patienceSeconds: 0.3,
    })
    expect(await endOf(run)).toMatch(/made no progress/)
  })
  it('is told of with the last lines that it printed', async () => {
    const run = runTool(shell, ['echo looping >&2; exec sleep 600'], { signal, patienceSeconds: 2 })
    await expect(run).rejects.toMatchObject({ tail: 'looping\n' })
  })
})

it('lets a tool run for longer than its patience while it goes on', async () => {
  const script =
    'let n = 0; setInterval(() => { console.log("frame=" + ++n); if (n === 30) process.exit() }, 100)'
  const run = runTool(node, [script], { signal, onLine: () => undefined, patienceSeconds: 2 })
  expect(await endOf(run)).toBe('success')
})
