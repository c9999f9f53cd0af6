import { signal } from '@preact/signals'
import type { ProgressEvent, Upload, Video } from '../../../core/video/wire.ts'
import { uploads, videos } from '../kit/api.ts'

/** The signed-in person's films, newest first; `undefined` until they are there. */
export const library = signal<readonly Video[] | undefined>(undefined)
/** Uploads that were begun and not completed, from this browser or another one. */
export const unfinished = signal<readonly Upload[]>([])
export const nextCursor = signal<string | undefined>(undefined)

const PAGE = '50'

/** Reads the first page again. Throws `ApiProblem` or `Unreachable` and leaves what is shown. */
export async function reloadLibrary(): Promise<void> {
  const [page, open] = await Promise.all([videos.list({ scope: 'mine', limit: PAGE }), uploads.list()])
  // Films of further pages stay in view while the first page is read again and again.
  const last = page.items.at(-1)
  const further = (library.value ?? []).filter(
    (video) => last && page.nextCursor && video.createdAt < last.createdAt,
  )
  library.value = [...page.items, ...further]
  if (further.length === 0) nextCursor.value = page.nextCursor
  unfinished.value = open.items.filter((upload) => upload.state === 'open')
}

export async function moreOfLibrary(): Promise<void> {
  const cursor = nextCursor.value
  if (cursor === undefined) return
  const page = await videos.list({ scope: 'mine', limit: PAGE, cursor })
  const seen = new Set(page.items.map((video) => video.id))
  library.value = [...(library.value ?? []).filter((video) => !seen.has(video.id)), ...page.items]
  nextCursor.value = page.nextCursor
}

export function emptyLibrary(): void {
  library.value = undefined
  unfinished.value = []
  nextCursor.value = undefined
}

export function replaceVideo(video: Video): void {
  library.value = library.value?.map((old) => (old.id === video.id ? video : old))
}
export function dropVideo(id: string): void {
  library.value = library.value?.filter((video) => video.id !== id)
}

/** Takes in a step of a film's work. Progress never goes back: a late poll must not undo what the stream told. */
export function noteStep(id: string, step: ProgressEvent): void {
  const video = library.value?.find((v) => v.id === id)
  if (!video) return
  replaceVideo({ ...video, status: step.status, progress: Math.max(video.progress, step.progress) })
}
