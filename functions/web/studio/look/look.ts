import type { FFmpeg } from '@ffmpeg/ffmpeg'
import { scanBoxes } from './boxes.ts'
import {
  type FilmFacts,
  type Judgement,
  judge,
  judgeBoxes,
  PROBE_ENTRIES,
  type Probe,
  type Refusal,
  refuse,
} from './judge.ts'

/** What a look into a film found. Where the look itself fails, `unseen` says why and the upload goes on all the same. */
export interface Look {
  readonly facts?: FilmFacts
  readonly refusal?: Refusal
  readonly posterUrl?: string
  readonly unseen?: string
}

/** Loading 32 MB of ffmpeg included; a look that takes longer is worth less than the upload that it delays. */
const WHOLE_LOOK_MS = 60_000
const PROBE_MS = 20_000
const POSTER_MS = 20_000
const WIDTH = 480

let last: Promise<unknown> = Promise.resolve()
let open: FFmpeg | undefined

/** Looks into one film after another: two at once would double the memory. Never rejects. */
export function lookInto(file: File, onFacts: (look: Look) => void): Promise<Look> {
  if (file.size === 0) return Promise.resolve(refuse('empty-file'))
  const look = last.then(() => timed(file, onFacts))
  last = look
  return look
}

async function timed(file: File, onFacts: (look: Look) => void): Promise<Look> {
  const timer = setTimeout(close, WHOLE_LOOK_MS)
  try {
    const byBoxes = judgeBoxes(await scanBoxes(file))
    return byBoxes.refusal ? byBoxes : await lookWith(await load(), file, onFacts)
  } catch (error) {
    // A crashed core answers nothing sensible any more: the next film gets a fresh one.
    close()
    console.warn(`${file.name} could not be looked into`, error)
    return { unseen: error instanceof Error ? error.message : String(error) }
  } finally {
    clearTimeout(timer)
  }
}

/** Gives the memory back, and ends whatever is being looked at. */
export function close(): void {
  open?.terminate()
  open = undefined
}

async function load(): Promise<FFmpeg> {
  if (open) return open
  const [{ FFmpeg }, core, wasm] = await Promise.all([
    import('@ffmpeg/ffmpeg'),
    import('@ffmpeg/core?url'),
    import('@ffmpeg/core/wasm?url'),
  ])
  const ffmpeg = new FFmpeg()
  open = ffmpeg
  const absolute = (url: string) => new URL(url, location.href).href
  await ffmpeg.load({ coreURL: absolute(core.default), wasmURL: absolute(wasm.default) })
  return ffmpeg
}

async function lookWith(ffmpeg: FFmpeg, file: File, onFacts: (look: Look) => void): Promise<Look> {
  const film = await mount(ffmpeg, file)
  try {
    const judgement = await probe(ffmpeg, film)
    onFacts(judgement)
    if (judgement.refusal || !judgement.facts?.videoCodec) return judgement
    const posterUrl = await poster(ffmpeg, film)
    return { ...judgement, ...(posterUrl && { posterUrl }) }
  } finally {
    await unmount(ffmpeg)
  }
}

const FOLDER = '/film'
/** WORKERFS reads slices of the file where it lies: a film of 50 GB costs no memory. */
async function mount(ffmpeg: FFmpeg, file: File): Promise<string> {
  await ffmpeg.createDir(FOLDER)
  // The name stays out of ffmpeg's arguments; `%d` in it would make it a sequence of images.
  const options = { blobs: [{ name: 'source', data: file }] }
  await ffmpeg.mount('WORKERFS' as Parameters<FFmpeg['mount']>[0], options, FOLDER)
  return `${FOLDER}/source`
}
async function unmount(ffmpeg: FFmpeg): Promise<void> {
  if (ffmpeg !== open) return
  await ffmpeg.unmount(FOLDER)
  await ffmpeg.deleteDir(FOLDER)
}

async function probe(ffmpeg: FFmpeg, film: string): Promise<Judgement> {
  const log: string[] = []
  const note = ({ message }: { message: string }) => void log.push(message)
  ffmpeg.on('log', note)
  try {
    const out = 'probe.json'
    const args = ['-v', 'error', '-show_entries', PROBE_ENTRIES, '-of', 'json', film, '-o', out]
    // This build answers -1 whether it went well or not: what it wrote tells. Cut short, it is no whole JSON.
    await ffmpeg.ffprobe(args, PROBE_MS)
    const text = String(await ffmpeg.readFile(out, 'utf8'))
    await ffmpeg.deleteFile(out)
    return judge(JSON.parse(text) as Probe, log)
  } finally {
    ffmpeg.off('log', note)
  }
}

async function poster(ffmpeg: FFmpeg, film: string): Promise<string | undefined> {
  const out = 'poster.jpg'
  // Scaled before it is written: the JPEG encoder of this build crashes on large frames.
  const scale = `scale='min(${WIDTH},iw)':-2`
  await ffmpeg.exec(
    ['-v', 'error', '-i', film, '-map', '0:V:0', '-frames:v', '1', '-vf', scale, out],
    POSTER_MS,
  )
  const bytes = await ffmpeg.readFile(out).catch(() => undefined)
  if (!(bytes instanceof Uint8Array) || bytes.length === 0) return undefined
  await ffmpeg.deleteFile(out)
  return URL.createObjectURL(new Blob([bytes.slice()], { type: 'image/jpeg' }))
}
