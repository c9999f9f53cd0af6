/** `thumbnail-once.ts <film> <scratch folder>`: makes the pictures of one film and tells what the whole process took. */
import { CLIP_LIMITS } from '../../../core/thumbnails/limits.ts'
import { openThumbnailer } from '../thumbnailer.ts'
import { rangedFilm } from './ranged.ts'

const [path = '', scratchFolder = ''] = process.argv.slice(2)
const at = { limits: { ...CLIP_LIMITS, wallSeconds: 300 }, signal: new AbortController().signal }
const outcome = await openThumbnailer({ scratchFolder }).make(
  await rangedFilm(path),
  async () => undefined,
  at,
)
const peakMb = Math.round(process.resourceUsage().maxRSS / 1024)
process.stdout.write(JSON.stringify({ ...outcome, peakMb }))
