import { type Signal, signal } from '@preact/signals'
import type { Protection } from '../../../core/protection/model.ts'
import type { Upload } from '../../../core/video/wire.ts'
import { uploads } from '../kit/api.ts'
import { hasStatus, wasAborted, words } from '../kit/problem.ts'
import { say } from '../kit/say.tsx'
import { pause } from '../kit/wait.ts'
import { reloadLibrary } from './library.ts'
import { type Look, lookInto } from './look/look.ts'
import { openGate } from './upload/gate.ts'
import { putPart } from './upload/put-part.ts'
import type { UploadMemory } from './upload/remember.ts'
import { WAITS } from './upload/retry.ts'
import { sendFilm } from './upload/send.ts'
import { openSpeed } from './upload/speed.ts'

/** `asking`: the look says it will be refused, and the person decides. `stopped`: it failed for good, or until told to go on. */
export type Phase = 'looking' | 'asking' | 'sending' | 'paused' | 'stopped' | 'sent'
export interface FilmState {
  readonly phase: Phase
  readonly sentBytes: number
  readonly bytesPerSecond?: number | undefined
  /** Why nothing moves, or why it stopped. */
  readonly words?: string | undefined
  readonly upload?: Upload
}
/** A film that this page has the file of. */
export interface Film {
  readonly file: File
  /** How its files are to be encrypted. */
  readonly protection: Protection
  readonly look: Signal<Look | undefined>
  readonly state: Signal<FilmState>
}

export const films = signal<readonly Film[]>([])
/** First frames by video, shown until the platform has its own poster. */
export const previews = new Map<string, string>()

/** Looking is worth this much delay of the upload; what it finds later still counts. */
const LOOK_FIRST_MS = 10_000
const gate = openGate(3)
const running = new WeakMap<Film, AbortController>()

/** Protection of the films that are chosen next. */
export const chosenProtection = signal<Protection>('clear')

/** Takes a chosen file in: looks into it, then sends it, going on with `upload` where there is one. */
export async function addFilm(file: File, memory: UploadMemory, upload?: Upload): Promise<void> {
  const film: Film = {
    file,
    protection: chosenProtection.value,
    look: signal(undefined),
    state: signal({ phase: 'looking', sentBytes: 0, ...(upload && { upload }) }),
  }
  films.value = [...films.value, film]
  const looked = lookInto(file, (facts) => noteLook(film, facts)).then((look) => noteLook(film, look))
  await Promise.race([looked, pause(LOOK_FIRST_MS)])
  if (film.state.value.phase === 'looking') await send(film, memory)
}

/** A refusal stops what is on its way and asks; a film that was told to go on is not asked about again. */
function noteLook(film: Film, look: Look): void {
  const asked = film.look.value?.refusal !== undefined
  film.look.value = look
  const { phase } = film.state.value
  if (!look.refusal || asked || (phase !== 'looking' && phase !== 'sending')) return
  running.get(film)?.abort()
  change(film, { phase: 'asking' })
}

/** Sends a film, from where it stands; also after a pause, a stop or a doubt. */
export async function send(film: Film, memory: UploadMemory): Promise<void> {
  const run = new AbortController()
  running.set(film, run)
  change(film, { phase: 'sending', words: undefined })
  try {
    const upload = await openUpload(film, memory)
    run.signal.throwIfAborted()
    change(film, { upload })
    await sendFilm(film.file, upload, sending(film, run.signal))
    memory.forget(upload.id)
    change(film, { phase: 'sent', sentBytes: film.file.size })
    const { posterUrl } = film.look.value ?? {}
    if (posterUrl) previews.set(upload.videoId, posterUrl)
    await reloadLibrary()
    films.value = films.value.filter((other) => other !== film)
  } catch (error) {
    if (!wasAborted(error)) change(film, { phase: 'stopped', words: words(error) })
  }
}

export function pauseFilm(film: Film): void {
  change(film, { phase: 'paused', bytesPerSecond: undefined, words: undefined })
  running.get(film)?.abort()
}

/** Forgets a film, and its parts in the store. */
export async function cancelFilm(film: Film, memory: UploadMemory): Promise<void> {
  running.get(film)?.abort()
  films.value = films.value.filter((other) => other !== film)
  const { upload } = film.state.value
  const { posterUrl } = film.look.value ?? {}
  if (posterUrl) URL.revokeObjectURL(posterUrl)
  if (upload) await abortUpload(upload, memory)
}

/** Discards an upload that is not finished. One that is gone already is no error. */
export async function abortUpload(upload: Upload, memory: UploadMemory): Promise<void> {
  memory.forget(upload.id)
  await uploads.abort(upload.id).catch((error: unknown) => {
    if (!hasStatus(error, 404) && !hasStatus(error, 409)) throw error
  })
  say(`${upload.name} was discarded.`)
  await reloadLibrary()
}

async function openUpload(film: Film, memory: UploadMemory): Promise<Upload> {
  const { file, protection } = film
  const known = film.state.value.upload?.id ?? memory.find(file)
  const found = known === undefined ? undefined : await findUpload(known)
  if (found && found.state !== 'aborted' && found.size === file.size) return found
  const started = await uploads.start({
    name: file.name,
    size: file.size,
    ...(file.type && { type: file.type }),
    ...(protection !== 'clear' && { protection }),
  })
  memory.keep(file, started.id)
  return started
}

async function findUpload(id: string): Promise<Upload | undefined> {
  try {
    return await uploads.get(id)
  } catch (error) {
    if (hasStatus(error, 404)) return undefined
    throw error
  }
}

function sending(film: Film, signal: AbortSignal) {
  const speed = openSpeed()
  return {
    api: uploads,
    putPart,
    gate,
    waits: WAITS,
    signal,
    onBytes(sentBytes: number) {
      speed.note(sentBytes, performance.now())
      if (!signal.aborted) change(film, { sentBytes, bytesPerSecond: speed.bytesPerSecond() })
    },
    onTrouble(trouble: { error: unknown; waitMs: number } | undefined) {
      const seconds = Math.ceil((trouble?.waitMs ?? 0) / 1000)
      change(film, { words: trouble && `${words(trouble.error)} Trying again in ${seconds} s.` })
    },
  }
}

function change(film: Film, by: Partial<FilmState>): void {
  film.state.value = { ...film.state.value, ...by }
}
