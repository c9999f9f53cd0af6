import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import * as z from 'zod'
import { Refused } from './shell.ts'

const Entry = z.object({
  step: z.string(),
  state: z.enum(['done', 'failed', 'begun']),
  seconds: z.number(),
  /** Why it failed. */
  because: z.string().optional(),
})

const Journal = z.object({
  /** Id of the release that is being deployed, or was last. */
  release: z.string(),
  finished: z.boolean(),
  /** When it was written last. */
  at: z.string().optional(),
  entries: z.array(Entry),
  /** Group of processes of the command that runs: it may outlive a deployment that is killed. */
  group: z.number().optional(),
  /** Hash of the sources that passed the checks. */
  checked: z.string().optional(),
  /** Hash of the sources that the bundles were made of. */
  built: z.string().optional(),
})

export type Journal = z.infer<typeof Journal>
export type JournalEntry = z.infer<typeof Entry>

export const EMPTY: Journal = { release: '', finished: true, entries: [] }

/** What was done of a deployment to one stack, on this machine. Losing it costs time alone: every step may be repeated. */
export interface JournalFile {
  read(): Promise<Journal>
  change(change: (journal: Journal) => Journal): Promise<void>
}

export function openJournal(path: string): JournalFile {
  const read = async () => parsed(await textOf(path), path)
  return {
    read,
    async change(change) {
      await mkdir(dirname(path), { recursive: true })
      const text = `${JSON.stringify(change(await read()), null, 2)}\n`
      // In place at once or not at all: it is read after a power cut.
      await writeFile(`${path}.new`, text, { mode: 0o600 })
      await rename(`${path}.new`, path)
    },
  }
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

function parsed(text: string | undefined, path: string): Journal {
  if (text === undefined) return EMPTY
  try {
    return Journal.parse(JSON.parse(text))
  } catch (cause) {
    throw new Refused(`${path} is no journal of a deployment`, `Remove it: every step may be repeated.`, {
      cause,
    })
  }
}

/** The journal with what has become of a step. */
export function withEntry(journal: Journal, entry: JournalEntry, now: Date): Journal {
  const others = journal.entries.filter(({ step }) => step !== entry.step)
  return { ...journal, at: now.toISOString(), entries: [...others, entry] }
}

/** After that time another machine may have deployed, of which this journal knows nothing. */
const STALE_MS = 6 * 3_600_000

/** A journal of this release: what was done stays done where an earlier run of the same release did not finish. */
export function journalFor(journal: Journal, release: string, now: Date): Journal {
  const age = now.getTime() - Date.parse(journal.at ?? '')
  if (journal.release === release && !journal.finished && age < STALE_MS) return journal
  return { ...journal, release, finished: false, entries: [] }
}
