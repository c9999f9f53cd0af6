import { and, asc, eq, gt, isNotNull, ne } from 'drizzle-orm'
import type { Uses } from '../ports/ports.ts'
import type { Context } from '../run/context.ts'
import { eachAlone } from '../run/each-alone.ts'
import type { VideoId } from '../run/id.ts'
import { assetKeys } from './schema.ts'

type Needs = Uses<'db' | 'keyVault' | 'clock'>

interface DueKey {
  readonly id: VideoId
  readonly version: string
  readonly text: string
}

const BATCH = 100

/**
 * Wraps anew what another version of the wrapping key has wrapped, film by film, until the process is told to stop; answers how
 * many. Playback goes on: the key of a film stays the same, and what a licence has just read still opens with its own version.
 * One that fails is logged and left for the next time. Several at once do no harm.
 */
export async function rotateWrapped(uses: Needs, ctx: Context): Promise<number> {
  const current = await uses.keyVault.version()
  let [count, after] = [0, undefined as VideoId | undefined]
  for (;;) {
    const due = await dueKeys(uses, current, after)
    await eachAlone(due, ctx, async (key) => {
      if (!ctx.signal.aborted && (await wrapAnew(uses, key))) count++
    })
    after = due.at(-1)?.id
    if (after === undefined || ctx.signal.aborted) return count
  }
}

async function dueKeys({ db }: Uses<'db'>, current: string, after: VideoId | undefined): Promise<DueKey[]> {
  const { videoId, version, wrapped } = assetKeys
  const beyond = after === undefined ? undefined : gt(videoId, after)
  const rows = await db
    .select({ id: videoId, version, text: wrapped })
    .from(assetKeys)
    .where(and(isNotNull(wrapped), ne(version, current), beyond))
    .orderBy(asc(videoId))
    .limit(BATCH)
  return rows.flatMap(({ text, ...row }) => (text === null ? [] : [{ ...row, text }]))
}

/** Only over what was read: a film that is deleted meanwhile stays without its key. */
async function wrapAnew({ db, keyVault, clock }: Needs, { id, version, text }: DueKey): Promise<boolean> {
  const plain = await keyVault.unwrap({ version, text }, id)
  const anew = await keyVault.wrap(plain, id)
  const written = await db
    .update(assetKeys)
    .set({ wrapped: anew.text, version: anew.version, wrappedAt: clock.now() })
    .where(and(eq(assetKeys.videoId, id), eq(assetKeys.wrapped, text)))
    .returning({ id: assetKeys.videoId })
  return written.length > 0
}
