import { createReadStream, createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import {
  MediaFailed,
  type ProtectTask,
  type Sink,
  type TrackOutput,
  type Watch,
} from '../../core/ports/media.ts'
import type { Cipher } from '../shaka/cipher.ts'
import { type Init, readInit } from '../shaka/init.ts'
import { type Packaged, packageTrack } from '../shaka/packager.ts'
import { retimeSegment } from '../shaka/retime.ts'
import { type Due, storeTrack, understood } from '../shaka/track.ts'
import { abortable } from './abortable.ts'

/**
 * Packaged segments anew with another encryption, or with none: nothing is decoded, so a film costs seconds. What comes
 * out is compared with what went in, segment by segment, before it is stored. Rejects as `Media` promises.
 */
export async function protectTrack(
  scratch: string,
  task: ProtectTask,
  sink: Sink,
  watch: Watch,
): Promise<TrackOutput> {
  watch.signal.throwIfAborted()
  const init = await understood(() => readInit(task.init))
  checkTask(task, init)
  const due = await writeInput(scratch, task, watch)
  const packaged = await encipher(scratch, task, watch)
  const placed = {
    name: task.name,
    contentType: `${task.stream}/mp4`,
    startTicks: task.startTicks,
    firstSegment: task.segments[0]?.number ?? 1,
    firstFragment: task.firstFragment,
    ...(init.ownEditTicks > 0 && { editTicks: init.ownEditTicks }),
    keepsTimes: true,
    due,
  }
  const made = await storeTrack(packaged, placed, abortable(sink, watch.signal))
  watch.progress(1)
  return made
}

/** What the packager would take without a word, and make unplayable. */
function checkTask({ name, segments, from }: ProtectTask, { protection }: Init): void {
  const first = segments[0]?.number ?? 0
  if (segments.length === 0 || segments.some(({ number }, i) => number !== first + i))
    throw new RangeError(`${name}: segments that do not follow one another`)
  if (from?.keyId === protection?.keyId) return
  const stated = from ? `key ${from.keyId}` : 'no key'
  throw new MediaFailed(`${name}: ${stated} for segments of ${protection?.keyId ?? 'no key'}`, '')
}

const INPUT = 'input.mp4'

/** All in one file, since the packager takes no list; tells what each segment holds. */
async function writeInput(scratch: string, task: ProtectTask, { signal }: Watch): Promise<Due[]> {
  const due: Due[] = []
  const parts = async function* () {
    yield task.init
    for (const { read } of task.segments) {
      // Not by the pipeline's own option: it would throw another error than the signal's reason.
      signal.throwIfAborted()
      const bytes = Buffer.concat(await Array.fromAsync(read()))
      due.push(await understood(() => retimeSegment(bytes, { startTicks: 0, firstFragment: 1 })))
      yield bytes
    }
  }
  await pipeline(parts, createWriteStream(join(scratch, INPUT)))
  return due.map(({ startTicks, durationTicks, samples, fragments }) => ({
    startTicks,
    durationTicks,
    samples,
    fragments,
  }))
}

async function encipher(
  scratch: string,
  { from, to, ...task }: ProtectTask,
  watch: Watch,
): Promise<Packaged> {
  const run = async (output: string, cipher?: Cipher) => {
    const { stream, segmentSeconds, fragmentSeconds } = task
    const lengths = { segmentSeconds, ...(fragmentSeconds !== undefined && { fragmentSeconds }) }
    const track = { folder: scratch, input: INPUT, output, stream, ...lengths, cipher }
    const packaged = await packageTrack(track, watch.signal)
    await rm(join(scratch, INPUT))
    return packaged
  }
  const encrypt: Cipher | undefined = to && { does: 'encrypt', ...to }
  if (!from) return run('out', encrypt)
  const clear = await run('clear', { does: 'decrypt', key: from })
  watch.progress(0.4)
  if (!encrypt) return clear
  await joinFiles(scratch, clear, watch)
  return run('out', encrypt)
}

/** The segments become the next run's input, and are gone as files. */
async function joinFiles(scratch: string, { init, segments }: Packaged, { signal }: Watch): Promise<void> {
  for (const path of [init, ...segments]) {
    signal.throwIfAborted()
    await pipeline(createReadStream(path), createWriteStream(join(scratch, INPUT), { flags: 'a' }))
    await rm(path)
  }
}
