import type { Engine } from '../../adapters/ffmpeg/engine.ts'
import type { Playback, Video } from '../../core/video/wire.ts'
import { explain } from '../terminal.ts'
import { type Api, ApiProblem } from './api.ts'
import { decodeEnds } from './decode.ts'
import { fetchFilm } from './fetch-film.ts'
import type { Variant } from './hls.ts'
import { uploadFilm } from './upload.ts'
import { waitForFilm } from './wait.ts'

/** What the demo says of one film; `--json` prints exactly this. */
export interface FilmReport {
  readonly file: string
  /** It is ready, all that its manifests name is there, and both ends of each rung decode. */
  readonly ok: boolean
  readonly status: Video['status'] | 'refused'
  /** Why it is not ok: a code of the platform, or what the demo found wrong. */
  readonly reason?: string
  /** Length of the film. */
  readonly seconds: number | null
  /** From the end of the upload. */
  readonly playableAfterSeconds: number | null
  readonly readyAfterSeconds: number | null
  readonly rungs: readonly { readonly height: number; readonly kbps: number; readonly codecs: string }[]
  readonly manifest: string | null
}

/** A report and whether its outcome is as it should be: a film that cannot play is refused with a reason. */
export interface Outcome {
  readonly report: FilmReport
  readonly asItShould: boolean
  readonly message?: string
}

export interface DemoTools {
  readonly api: Api
  readonly engine: Engine
  readonly signal: AbortSignal
  /** `stage` in words, `fraction` 0..1 of the whole film's work. */
  readonly show: (file: string, stage: string, fraction: number) => void
}

const NOTHING = {
  seconds: null,
  playableAfterSeconds: null,
  readyAfterSeconds: null,
  rungs: [],
  manifest: null,
} as const

/** Does the main job with one film: upload, wait, fetch and decode. */
export async function runFilm(tools: DemoTools, file: string, path: string): Promise<Outcome> {
  try {
    return await playThrough(tools, file, path)
  } catch (error) {
    tools.signal.throwIfAborted()
    if (error instanceof ApiProblem && error.status >= 400 && error.status < 500 && error.status !== 401) {
      return {
        report: { file, ok: false, status: 'refused', reason: error.code, ...NOTHING },
        asItShould: true,
        message: error.message,
      }
    }
    return {
      report: { file, ok: false, status: 'failed', reason: 'demo-failed', ...NOTHING },
      asItShould: false,
      message: explain(error),
    }
  }
}

async function playThrough(tools: DemoTools, file: string, path: string): Promise<Outcome> {
  const { api, show, signal } = tools
  const videoId = await uploadFilm(api, path, {
    sent: (bytes, of) => show(file, 'uploading', of > 0 ? bytes / of : 1),
  })
  const waited = await waitForFilm(api, videoId, {
    signal,
    seen: ({ status, progress }) => show(file, status, progress),
  })
  const { video } = waited
  const timed = {
    seconds: round(video.durationSeconds),
    playableAfterSeconds: round(waited.playableAfterSeconds),
    readyAfterSeconds: round(waited.readyAfterSeconds),
  }
  if (video.status !== 'ready') {
    const reason = video.failure?.reason ?? 'unknown'
    const report = { file, ok: false, status: video.status, reason, ...timed, rungs: [], manifest: null }
    return { report, asItShould: reason !== 'work-failed' && reason !== 'unknown', message: sentence(video) }
  }
  const playback = await api.call<Playback>('GET', `/v1/videos/${videoId}/playback`)
  const { rungs, faults } = await verify(tools, file, playback)
  const report = {
    file,
    ok: faults.length === 0,
    status: video.status,
    ...timed,
    rungs,
    manifest: playback.manifestUrl,
  }
  if (faults.length > 0)
    return {
      report: { ...report, reason: 'does-not-play' },
      asItShould: false,
      message: faults.slice(0, 5).join('; '),
    }
  const warnings = video.warnings.map((warning) => warning.message).join(' ')
  return { report, asItShould: true, ...(warnings ? { message: warnings } : {}) }
}

async function verify(tools: DemoTools, file: string, playback: Playback) {
  tools.show(file, 'checking', 0)
  const film = await fetchFilm(playback)
  const faults = [...film.faults]
  for (const [at, track] of film.tracks.entries()) {
    tools.show(file, 'checking', (at + 1) / (film.tracks.length + 1))
    faults.push(...(await decodeEnds(tools.engine, track, tools.signal)))
  }
  return { rungs: rungsOf(film.variants), faults }
}

const rungsOf = (variants: readonly Variant[]) =>
  variants
    .map(({ height, averageBps, codecs }) => ({ height, kbps: Math.round(averageBps / 1000), codecs }))
    .sort((a, b) => a.height - b.height)

const sentence = ({ failure }: Video) =>
  [failure?.message, failure?.detail].filter((part) => part !== undefined).join(' ')
const round = (seconds: number | undefined) =>
  seconds === undefined ? null : Math.round(seconds * 100) / 100
