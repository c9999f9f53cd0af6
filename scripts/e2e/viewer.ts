import type { Playback } from '../../core/video/wire.ts'
import { readProblem } from '../demo/api.ts'
import type { MediaFile } from '../demo/hls.ts'
import { openCookieJar } from './cookies.ts'

/** Somebody on another device than the one that uploaded: signed in, with cookies of their own. */
export interface Viewer {
  playback(videoId: string): Promise<Playback>
  /** Ends a playback, as a viewer does who closes the page. */
  end(sessionId: string): Promise<void>
  /** The bytes of a file or of its range, with the cookies that go there. Throws for any other answer than 200 or 206. */
  fetch(file: MediaFile): Promise<Uint8Array>
  /** The status for one who has found out the address and has neither signature nor cookie. */
  statusForStrangers(url: string): Promise<number>
}

/** `signal` cuts off whatever is on its way. */
export async function openViewer(
  origin: string,
  person: { email: string; password: string },
  signal: AbortSignal,
): Promise<Viewer> {
  const jar = openCookieJar()
  const token = await logIn(origin, person, signal)
  return {
    playback: async (videoId) => {
      const url = new URL(`/v1/videos/${videoId}/playback`, origin)
      const response = await fetch(url, { headers: { authorization: `Bearer ${token}` }, signal })
      if (!response.ok) throw await readProblem(response, `GET ${url.pathname}`)
      jar.take(response.headers.getSetCookie(), url.hostname)
      return (await response.json()) as Playback
    },
    end: async (sessionId) => {
      const url = new URL(`/v1/playback/sessions/${sessionId}`, origin)
      const response = await fetch(url, {
        method: 'DELETE',
        headers: { authorization: `Bearer ${token}` },
        signal,
      })
      if (!response.ok) throw await readProblem(response, `DELETE ${url.pathname}`)
    },
    fetch: (file) => fetchFile(file, jar.headerFor(new URL(file.url)), signal),
    statusForStrangers: async (url) => {
      const bare = new URL(url)
      bare.search = ''
      const response = await fetch(bare, { signal })
      await response.body?.cancel()
      return response.status
    },
  }
}

async function logIn(
  origin: string,
  { email, password }: { email: string; password: string },
  signal: AbortSignal,
): Promise<string> {
  const response = await fetch(new URL('/v1/login', origin), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
    signal,
  })
  if (!response.ok) throw await readProblem(response, 'POST /v1/login')
  return ((await response.json()) as { accessToken: string }).accessToken
}

async function fetchFile(
  { url, range }: MediaFile,
  cookie: string | undefined,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const headers = {
    ...(range ? { range: `bytes=${range.offset}-${range.offset + range.length - 1}` } : {}),
    ...(cookie === undefined ? {} : { cookie }),
  }
  const response = await fetch(url, { headers, signal })
  const bytes = await response.bytes()
  if (response.status !== (range ? 206 : 200)) throw new Error(`${response.status} for ${url}`)
  if (bytes.length === 0) throw new Error(`nothing in ${url}`)
  return bytes
}
