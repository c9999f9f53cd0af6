import { applyObject } from '../../core/billing/apply.ts'
import type { Log } from '../../core/run/log.ts'
import { backfill } from '../../core/webhooks/backfill.ts'
import { type Difference, differences } from '../../core/webhooks/diff.ts'
import { drainInbox } from '../../core/webhooks/drain.ts'
import { reconcile } from '../../core/webhooks/reconcile.ts'
import { replay } from '../../core/webhooks/replay.ts'
import { WrongSetting } from '../settings.ts'
import { progressLine } from '../terminal.ts'
import type { BillingUses } from './platform.ts'
import type { Words } from './words.ts'

export interface Surroundings {
  readonly uses: BillingUses
  readonly log: Log
  /** Aborted by Ctrl-C: what was begun is finished, and the next run goes on behind it. */
  readonly signal: AbortSignal
}
export type Command = (at: Surroundings, words: Words) => Promise<void>

/** As far back as Stripe keeps events, from midnight: a run of the same day goes on where the one before was cut off. */
const monthAgo = (now: Date) => new Date((Math.floor(now.getTime() / 86_400_000) - 30) * 86_400_000)

export const replayDone: Command = async ({ uses, log, signal }, words) => {
  const { provider, since, dryRun } = words
  if (!since) throw new WrongSetting('Since when? npm run billing -- replay --since 24h')
  const line = progressLine(process.stderr)
  const onProgress = (n: number) => line.show(`${n} webhooks are put back`)
  const count = await replay(uses, signal, { provider, since, dryRun, onProgress })
  line.clear()
  console.log(`${count} webhooks ${dryRun ? 'would go' : 'go'} through once more.`)
  if (!dryRun) await drain({ uses, log, signal })
}

export const backfillEvents: Command = async ({ uses, log, signal }, words) => {
  const { provider, dryRun, all, since = monthAgo(uses.clock.now()) } = words
  const line = progressLine(process.stderr)
  const done = await backfill(uses, signal, {
    ...{ provider, since, dryRun, undelivered: !all },
    onProgress: ({ read, added }) => line.show(`${read} events read, ${added} of them new`),
    onMissing: ({ eventId, type, createdAt, about }) => {
      if (dryRun) console.log([createdAt.toISOString(), eventId, type, about?.id ?? '-'].join('  '))
    },
  })
  line.clear()
  console.log(`${done.read} events read, ${done.added} ${dryRun ? 'would be' : 'were'} added.`)
  if (!dryRun) await drain({ uses, log, signal })
}

export const reconcileObjects: Command = async (
  { uses, log, signal },
  { provider, kinds, since, dryRun },
) => {
  const line = progressLine(process.stderr)
  const count = await reconcile(uses, signal, {
    ...{ provider, kinds, since, dryRun, resume: !dryRun && kinds.length > 1 },
    onProgress: (kind, n) => line.show(`${kind}: ${n} compared`, kind),
    onDifference: (difference) => {
      line.clear()
      console.log(sentences(difference).join('\n'))
    },
  })
  line.clear()
  console.log(`${count} ${dryRun ? 'would be' : 'are'} mended.`)
  if (!dryRun) await drain({ uses, log, signal })
}

/** Status 1 where anything differs. */
export const printDifferences: Command = async ({ uses, signal }, { provider, kinds, since }) => {
  const line = progressLine(process.stderr)
  let count = 0
  for (const kind of kinds) {
    const onProgress = (n: number) => line.show(`${kind}: ${n} compared`, kind)
    for await (const difference of differences(uses, { provider, kind, since, onProgress }, signal)) {
      count += 1
      line.clear()
      console.log(sentences(difference).join('\n'))
    }
  }
  line.clear()
  if (signal.aborted) console.log('Stopped before the end.')
  else console.log(count === 0 ? `Nothing differs from ${provider}.` : `${count} differ from ${provider}.`)
  if (count > 0 || signal.aborted) process.exitCode = 1
}

/** What the inbox holds now is processed here, beside the platform where it runs: leases keep them apart. */
export async function drain({ uses, log, signal }: Surroundings): Promise<void> {
  const ctx = { requestId: 'npm-run-billing', traceparent: traceparentOf(uses.ids.uuid()), signal, log }
  const { done, failed } = await drainInbox(uses, ctx, { apply: applyObject })
  console.log(`${done} objects written${failed > 0 ? `, ${failed} failed and are tried again later` : ''}.`)
  if (signal.aborted) console.log('Stopped: run it once more to go on, or leave the rest to the platform.')
  if (failed > 0 || signal.aborted) process.exitCode = 1
}

const traceparentOf = (uuid: string) => `00-${uuid.replaceAll('-', '')}-${uuid.slice(-12)}0000-00`

function sentences(difference: Difference): string[] {
  const { kind, id, is } = difference
  if (is === 'missing-here') return [`${kind} ${id}: only at the provider`]
  if (is === 'missing-there') return [`${kind} ${id}: only here`]
  return difference.fields.map(
    ({ field, here, there }) => `${kind} ${id}: ${field} is ${here} here, ${there} at the provider`,
  )
}
