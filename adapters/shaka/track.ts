import { readFile, rm } from 'node:fs/promises'
import {
  MediaFailed,
  type OutputFile,
  type Segment,
  type Sink,
  type TrackOutput,
} from '../../core/ports/media.ts'
import { MalformedBoxes } from './boxes.ts'
import { type Init, readInit } from './init.ts'
import type { Packaged } from './packager.ts'
import { retimeSegment } from './retime.ts'

/** A packaged track and where it lies in its film. */
export interface Placed {
  /** Folder of the track's objects: `720p`. */
  readonly name: string
  readonly contentType: string
  readonly startTicks: number
  /** Numbers of the first segment and the first movie fragment over the whole film, from 1. */
  readonly firstSegment: number
  readonly firstFragment: number
  /** The track's edit list, one for all its chunks; without it the packager's stays. */
  readonly editTicks?: number
}

/**
 * Moves a packaged track to its place and gives it to the sink file by file, each gone from disk when the sink has it.
 * One segment is in memory at a time. Throws `MediaFailed` for files that are not of the packager's form, and what the
 * sink throws.
 */
export async function storeTrack(packaged: Packaged, placed: Placed, sink: Sink): Promise<TrackOutput> {
  const give = giveTo(sink, placed)
  const init = await understood(packaged.init, (bytes) => readInit(bytes, placed.editTicks))
  await give('init.mp4', init.bytes)
  await rm(packaged.init)
  const { segments, samples } = await storeSegments(packaged, init, { placed, give })
  const { bytes: _, sha256, timescale, ownEditTicks, ...format } = init
  const { name, startTicks } = placed
  // An audio track counts its ticks in samples; those of priming are not heard.
  const heard = segments.reduce((sum, segment) => sum + segment.durationTicks, -ownEditTicks)
  const video = format.width !== undefined
  return {
    ...format,
    name,
    timescale,
    startTicks,
    initSha256: sha256,
    segments,
    samples: video ? samples : heard,
  }
}

interface Store {
  readonly placed: Placed
  readonly give: (name: string, bytes: Uint8Array) => Promise<void>
}

async function storeSegments(packaged: Packaged, init: Init, { placed, give }: Store) {
  const segments: Segment[] = []
  let samples = 0
  let firstFragment = placed.firstFragment
  // What the common edit list takes off beyond the chunk's own is put on here.
  const startTicks = placed.startTicks + (placed.editTicks ?? init.ownEditTicks) - init.ownEditTicks
  for (const path of packaged.segments) {
    const number = placed.firstSegment + segments.length
    const place = { startTicks, firstFragment }
    const moved = await understood(path, (bytes) => retimeSegment(bytes, place))
    await give(`${number}.m4s`, moved.bytes)
    await rm(path)
    const { sizeBytes, durationTicks, keyframes } = moved
    segments.push({ number, sizeBytes, durationTicks, keyframes: init.width === undefined ? [] : keyframes })
    samples += moved.samples
    firstFragment += moved.fragments
  }
  return { segments, samples }
}

function giveTo(sink: Sink, { name, contentType }: Placed): Store['give'] {
  return async (file, bytes) => {
    const output: OutputFile = {
      name: `${name}/${file}`,
      contentType,
      sizeBytes: bytes.byteLength,
      async *read() {
        yield bytes
      },
    }
    await sink(output)
  }
}

async function understood<T>(path: string, read: (bytes: Uint8Array) => T): Promise<T> {
  try {
    return read(await readFile(path))
  } catch (error) {
    if (!(error instanceof MalformedBoxes)) throw error
    throw new MediaFailed(`the packager wrote a file of another form: ${error.message}`, '', { cause: error })
  }
}
