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
import { type Retimed, retimeSegment } from './retime.ts'

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
  /** The packaged times are the film's already. */
  readonly keepsTimes?: boolean
  /** What each segment must hold. One that holds anything else is not given to the sink. */
  readonly due?: readonly Due[]
}

/** What is the same of a segment before and after it is encrypted. */
export type Due = Pick<Retimed, 'startTicks' | 'durationTicks' | 'samples' | 'fragments'>

/**
 * Moves a packaged track to its place and gives it to the sink file by file, each gone from disk when the sink has it.
 * One segment is in memory at a time. Throws `MediaFailed` for files that are not of the packager's form, and what the
 * sink throws.
 */
export async function storeTrack(packaged: Packaged, placed: Placed, sink: Sink): Promise<TrackOutput> {
  const give = giveTo(sink, placed)
  const due = placed.due?.length ?? packaged.segments.length
  if (packaged.segments.length !== due)
    throw new MediaFailed(`${placed.name}: ${packaged.segments.length} segments where ${due} were due`, '')
  const init = await understood(async () => readInit(await readFile(packaged.init), placed.editTicks))
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
  const shift = (placed.editTicks ?? init.ownEditTicks) - init.ownEditTicks
  const startTicks = (placed.keepsTimes ? 0 : placed.startTicks) + shift
  for (const path of packaged.segments) {
    const number = placed.firstSegment + segments.length
    const place = { startTicks, firstFragment }
    const moved = await understood(async () => retimeSegment(await readFile(path), place))
    checkDue(moved, placed, segments.length)
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

function checkDue(moved: Retimed, { name, firstSegment, due }: Placed, index: number): void {
  const planned = due?.[index]
  const wrong = planned && DUE.find((fact) => moved[fact] !== planned[fact])
  if (!wrong) return
  const found = `${wrong} ${moved[wrong]} where ${planned[wrong]} was due`
  throw new MediaFailed(`${name}: segment ${firstSegment + index} has ${found}`, '')
}
const DUE = ['startTicks', 'durationTicks', 'samples', 'fragments'] as const

/** What `read` makes of a file's boxes; `MediaFailed` where they have another form than the packager's. */
export async function understood<T>(read: () => T | Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (error) {
    if (!(error instanceof MalformedBoxes)) throw error
    throw new MediaFailed(`a packaged file of another form: ${error.message}`, '', { cause: error })
  }
}
