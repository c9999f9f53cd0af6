import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EMPTY, type Journal, journalFor, openJournal, withEntry } from './journal.ts'

const NOW = new Date('2026-11-21T12:00:00Z')
const hoursBefore = (hours: number) => new Date(NOW.getTime() - hours * 3_600_000).toISOString()
const begun: Journal = {
  ...{ release: 'r1', finished: false, at: hoursBefore(1) },
  entries: [{ step: 'apply', state: 'done', seconds: 1 }],
}

describe('a journal', () => {
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'skyreel-journal-'))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  it('keeps what was done of a release that is not finished', () => {
    expect(journalFor(begun, 'r1', NOW).entries).toHaveLength(1)
  })
  it.each([
    ['another release', begun, 'r2'],
    ['a release that was finished', { ...begun, finished: true }, 'r1'],
    ['a day', { ...begun, at: hoursBefore(24) }, 'r1'],
  ])('forgets what was done after %s', (_, journal, release) => {
    expect(journalFor(journal, release, NOW).entries).toEqual([])
  })
  it('keeps the last word about a step', () => {
    const entry = { step: 'apply', state: 'failed', seconds: 2 } as const
    expect(withEntry(begun, entry, NOW).entries).toEqual([entry])
  })
  it('is read as it was written', async () => {
    const file = openJournal(join(folder, 'deep/aws-dev.json'))
    await file.change(() => begun)
    expect(await file.read()).toEqual(begun)
  })
  it('is empty where there is none', async () => {
    expect(await openJournal(join(folder, 'none.json')).read()).toEqual(EMPTY)
  })
  it.each(['', '{', '[]', '{"release":1}'])('that is %j is refused by its name', async (text) => {
    const path = join(folder, 'broken.json')
    await writeFile(path, text)
    await expect(openJournal(path).read()).rejects.toThrow(`${path} is no journal`)
  })
})
