import type { Uses } from '../ports/ports.ts'
import { filmPrefix } from '../video/model.ts'
import type { captions } from '../video/schema.ts'
import type { VideoRow } from './publish.ts'

type CaptionRow = Pick<typeof captions.$inferSelect, 'objectKey'>
type Film = Pick<VideoRow, 'id' | 'generation' | 'edition'>

/** Where playlists find the captions, relative to the film's prefix. Each version of them has a name of its own. */
export const captionFile = ({ objectKey }: CaptionRow): string => `captions/${objectKey.split('/').at(-1)}`

const keyOf = ({ id, generation, edition }: Film, row: CaptionRow) =>
  filmPrefix(id, generation, edition) + captionFile(row)

/**
 * Puts captions beside the tracks. Their own place is beside the generations, which they outlive; but whoever may play has a
 * grant for the film's prefix alone, and what playlists name must lie below it.
 */
export async function copyCaptions(
  { storage }: Uses<'storage'>,
  film: Film,
  rows: readonly CaptionRow[],
): Promise<void> {
  for (const row of rows) {
    const key = keyOf(film, row)
    if (await storage.head('media', key)) continue
    const found = await storage.get('media', row.objectKey)
    if (!found) throw new Error(`a caption's file is gone: ${row.objectKey}`)
    await storage.put('media', key, found.body, { contentType: found.object.contentType })
  }
}

/** Takes captions and their copy away. */
export async function removeCaptions(
  { storage }: Uses<'storage'>,
  film: Film,
  row: CaptionRow,
): Promise<void> {
  await storage.remove('media', row.objectKey)
  await storage.remove('media', keyOf(film, row))
}
