import { describe, expect, it } from 'vitest'
import { columnOn } from './testing/columns.ts'

const of = { minutes: 5, now: new Date('2026-11-21T10:00:00Z') }
const LATE = [
  ['aws', '8', '2026-11-21T09:53:00.000Z'],
  ['gcp', 'fn-2', '2026-11-21T09:51:00.000Z'],
  ['azure', 'b', '2026-11-21T09:50:00.000Z'],
] as const

describe('the window of a health check', () => {
  it.each(LATE)('begins on %s as much earlier as its figures are late', (cloud, release, start) => {
    const { argv } = columnOn(cloud).canary.health('video-api', { ...of, release }).command
    expect(argv.join(' ')).toContain(start)
  })
  it('is one period, so that a percentile is of all requests and not of one minute', () => {
    const { argv } = columnOn('aws').canary.health('video-api', { ...of, release: '8' }).command
    expect(argv.join(' ')).toContain('"Period":420')
  })
})
