import { describe, expect, it } from 'vitest'
import { costOf } from './process-cost.ts'
import { figures, median } from './report.ts'

describe('the median', () => {
  it('is the middle one of an odd number', () => {
    expect(median([9, 1, 5])).toBe(5)
  })
  it('is the mean of the middle two of an even number', () => {
    expect(median([1, 9, 4, 6])).toBe(5)
  })
  it('refuses nothing', () => {
    expect(() => median([])).toThrow()
  })
})

describe('the worst figure', () => {
  it('is the highest of its subject and case alone', () => {
    const found = figures()
    for (const value of [3, 8, 5]) found.add('one', 'case', 'ms', value)
    found.add('other', 'case', 'ms', 20)
    expect(found.worst('one', 'case')).toBe(8)
  })
  it('refuses what was not measured', () => {
    expect(() => figures().worst('one', 'case')).toThrow('nothing was measured')
  })
})

const BURN = 'const until = process.cpuUsage().user + 300_000; while (process.cpuUsage().user < until);'

describe('the cost of a process', () => {
  it('counts the CPU of children of children', async () => {
    const nested = `require('node:child_process').execFileSync(process.execPath, ['-e', ${JSON.stringify(BURN)}])`
    expect((await costOf([[process.execPath, '-e', nested]])).cpuSeconds).toBeGreaterThan(0.3)
  })
  it('sees memory that is held for a while', async (ctx) => {
    if (process.platform !== 'linux') ctx.skip('only Linux tells the memory of another process')
    const hold = 'const kept = Buffer.alloc(200 * 1024 ** 2, 1); setTimeout(() => kept.length, 1500)'
    expect((await costOf([[process.execPath, '-e', hold]])).peakMegabytes).toBeGreaterThan(200)
  })
  it('passes words on unchanged', async () => {
    const word = `it's $HOME "quoted" \\ and; more`
    expect((await costOf([['printf', '%s', word]])).stdout).toBe(word)
  })
  it('throws what a failed command said', async () => {
    await expect(costOf([['bash', '-c', 'echo no film >&2; exit 3']])).rejects.toThrow('no film')
  })
})
