import type { SourceReport } from '../../core/ports/media.ts'
import { chooseStreams, containerOf, promiseOf, rounded, videoFacts } from './probe-facts.ts'
import type { Looking } from './probe-input.ts'
import { readPackets } from './probe-packets.ts'
import type { Span } from './probe-span.ts'
import { findStreams, Refused } from './probe-streams.ts'

/**
 * What a film says of itself: enough for pictures of it, and a tenth of what the probe costs, for nothing is decoded.
 * `undefined` for its length where it tells none. What is no film throws `Refused` or `Unopened`.
 */
export async function glanceAt(
  looking: Looking,
  sizeBytes: number,
): Promise<{ report: SourceReport; pixels: number } | 'no length'> {
  const found = await findStreams(looking)
  const chosen = chooseStreams(found)
  const { start, end } = promiseOf(found, chosen)
  if (end === undefined || end <= start) return 'no length'
  const film = { start, end }
  const facts = {
    container: containerOf(found),
    durationSeconds: rounded(end - start),
    startSeconds: start,
    sizeBytes,
    audio: [],
    warnings: [],
  }
  const { video } = chosen
  if (!video) return { report: facts, pixels: 0 }
  await checkClear(looking)
  const { width = 0, height = 0 } = video
  return { report: { ...facts, video: videoFacts(video, unseen(end), film) }, pixels: width * height }
}

/** A file can hide that it is encrypted from all but its packets; what decodes of them is noise. */
async function checkClear(looking: Looking): Promise<void> {
  const { streams } = await readPackets(looking, '%+#4')
  if ([...streams.values()].some(({ encrypted }) => encrypted)) throw new Refused('drm-protected')
}

/** A film of which no packet was read. */
const unseen = (end: number): Span => ({
  ...{ end, whole: true, cutOff: false },
  ...{ streamEnds: new Map(), head: new Map(), tail: new Map() },
})
