import type { StoredTrack } from '../playback/film-tracks.ts'
import type { Watch } from '../ports/media.ts'
import type { Ports, Uses } from '../ports/ports.ts'
import { storeInto } from '../transcode/store-output.ts'
import type { ProtectSpec, UnitOutput } from '../transcode/unit.ts'
import type { Work } from '../transcode/unit-store.ts'
import { filmPrefix } from '../video/model.ts'
import { type FilmKeys, filmKeys, keyOf } from './film-keys.ts'
import { isScheme } from './model.ts'
import { packagerTask, readInit, readSegment, type Source } from './stored-segments.ts'
import { sealedTrack } from './whole-segments.ts'

interface Place {
  readonly work: Work
  readonly ports: Ports
  readonly watch: Watch
}

/** Encrypts a stretch of a track anew, from the published edition into the next one's folder. Repeating it is safe. */
export async function protectUnit(spec: ProtectSpec, { work, ports, watch }: Place): Promise<UnitOutput> {
  const { videoId, generation } = work
  const keys = (edition: number, protection: ProtectSpec['to']) =>
    filmKeys(ports, { videoId, generation, edition, protection })
  const film = await keys(spec.from.edition, spec.from.protection)
  const source = { prefix: filmPrefix(videoId, generation, spec.from.edition), film }
  const to = await keys(spec.edition, spec.to)
  const prefix = filmPrefix(videoId, generation, spec.edition)
  const remake = isScheme(spec.from.protection) || isScheme(spec.to) ? repackaged : rewrapped
  const made = await remake(ports, { spec, source, to, prefix, watch })
  return {
    kind: 'protect',
    track: to.protection === 'aes-128' ? sealedTrack(made, keyOf(to, spec.label).keyId) : made,
  }
}

interface Remake {
  readonly spec: ProtectSpec
  readonly source: Source
  readonly to: FilmKeys
  readonly prefix: string
  readonly watch: Watch
}

/** Sample encryption begins or ends: the packager writes the segments anew. */
async function repackaged(
  uses: Uses<'storage' | 'media'>,
  { spec, source, to, prefix, watch }: Remake,
): Promise<StoredTrack> {
  const task = await packagerTask(uses, source, spec)
  const target = isScheme(to.protection) ? { to: { scheme: to.protection, key: keyOf(to, spec.label) } } : {}
  const sink = storeInto(uses, shelfFor(spec, prefix, to))
  return checked(spec, await uses.media.protect({ ...task, ...target }, sink, watch))
}

/** Nothing but whole segments is sealed or opened: their bytes stay, and so does the init segment. */
async function rewrapped(
  uses: Uses<'storage'>,
  { spec, source, to, prefix, watch }: Remake,
): Promise<StoredTrack> {
  const { protection: _, ...track } = spec.track
  const put = storeInto(uses, shelfFor(spec, prefix, to))
  const file = (name: string, sizeBytes: number, read: () => AsyncIterable<Uint8Array>) =>
    put({ name: `${track.name}/${name}`, contentType: `${spec.stream}/mp4`, sizeBytes, read })
  const init = await readInit(uses, source, spec)
  await file('init.mp4', init.byteLength, async function* () {
    yield init
  })
  const segments: StoredTrack['segments'][number][] = []
  for (const segment of track.segments) {
    watch.signal.throwIfAborted()
    const counted = countBytes(readSegment(uses, source, spec, segment.number))
    await file(`${segment.number}.m4s`, segment.sizeBytes, () => counted.body)
    segments.push({ ...segment, sizeBytes: counted.bytes() })
    watch.progress(segments.length / track.segments.length)
  }
  return { ...track, segments }
}

function shelfFor({ track, label }: ProtectSpec, prefix: string, to: FilmKeys) {
  const shelf = { prefix, withInit: track.segments[0]?.number === 1 }
  return to.protection === 'aes-128' ? { ...shelf, wholeKey: () => keyOf(to, label).key } : shelf
}

/** How large a segment is in the clear nobody knows before it is read: padding hides it. */
function countBytes(body: AsyncIterable<Uint8Array>) {
  let bytes = 0
  async function* counted() {
    for await (const chunk of body) {
      bytes += chunk.byteLength
      yield chunk
    }
  }
  return { body: counted(), bytes: () => bytes }
}

/** The film must stay what it was, segment by segment: players that change over in the middle rely on it. */
function checked({ track }: ProtectSpec, made: StoredTrack): StoredTrack {
  const same =
    made.timescale === track.timescale &&
    made.segments.length === track.segments.length &&
    made.segments.every((segment, i) => {
      const planned = track.segments[i]
      return segment.number === planned?.number && segment.durationTicks === planned.durationTicks
    })
  if (!same) throw new Error(`${track.name}: its segments came out otherwise than they went in`)
  // Of sound a stretch cannot tell by itself how much of it is heard.
  return { ...made, samples: track.samples }
}
