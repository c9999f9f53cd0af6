import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openTestDatabase } from '../../../adapters/local/testing/database.ts'
import { openLog } from '../../../adapters/node/log.ts'
import type { Config } from '../../../core/run/config.ts'
import type { Upload, Video } from '../../../core/video/wire.ts'
import { type Platform, startPlatform } from '../local.ts'

export interface TestPlatform extends AsyncDisposable {
  readonly platform: Platform
  readonly home: string
  readonly databaseUrl: string
  /** Lines that the platform logged, at `warn` and above unless more was asked for. */
  readonly complaints: readonly string[]
  signUp(): Promise<Client>
  /** A client that is nobody. */
  readonly nobody: Client
}

/** The whole platform on a free port, with an own database and a temporary home; a client talks to it by HTTP alone. */
export async function openTestPlatform(
  config: Partial<Config> = {},
  level: 'debug' | 'warn' = 'warn',
): Promise<TestPlatform> {
  const database = await openTestDatabase()
  const home = await mkdtemp(join(tmpdir(), 'skyreel-test-'))
  const complaints: string[] = []
  const log = openLog({ level, write: (line) => void complaints.push(line) })
  const platform = await startPlatform({ home, port: 0, log, databaseUrl: database.url, config })
  const dispose = async () => {
    await platform.stop()
    await database[Symbol.asyncDispose]()
    await rm(home, { recursive: true, force: true })
  }
  let people = 0
  const nobody = new Client(platform.origin, undefined)
  const signUp = async () => {
    const body = { email: `person${people++}@example.org`, password: 'correct horse battery' }
    const answer = await nobody.call('POST', '/v1/signup', body)
    return new Client(platform.origin, (answer.body as { accessToken: string }).accessToken)
  }
  const facts = { platform, home, databaseUrl: database.url, complaints, signUp, nobody }
  return { ...facts, [Symbol.asyncDispose]: dispose }
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: unknown
}
export interface ProblemBody {
  readonly code: string
  readonly detail?: string
  readonly errors?: readonly { readonly field: string; readonly rule: string; readonly message: string }[]
}

/** Speaks the public API as any client would. */
export class Client {
  readonly origin: string
  readonly token: string | undefined
  constructor(origin: string, token: string | undefined) {
    this.origin = origin
    this.token = token
  }

  /** `body` is sent as JSON; a string or bytes as they are, with `type`. */
  async call(method: string, path: string, body?: unknown, type = 'application/json'): Promise<Answer> {
    const auth = this.token === undefined ? {} : { authorization: `Bearer ${this.token}` }
    const raw = typeof body === 'string' || body instanceof Uint8Array
    const sent = body === undefined ? {} : { body: raw ? (body as string) : JSON.stringify(body) }
    const typed = body === undefined ? {} : { 'content-type': type }
    const response = await fetch(this.origin + path, { method, headers: { ...auth, ...typed }, ...sent })
    const text = await response.text()
    const isJson = /json/.test(response.headers.get('content-type') ?? '')
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text }
  }

  /** Status and problem code of a call, `422 invalid-input body.size`: what bad input is checked by. */
  async refusal(method: string, path: string, body?: unknown, type?: string): Promise<string> {
    const answer = await this.call(method, path, body, type)
    const { code, errors } = answer.body as ProblemBody
    return [answer.status, code, ...(errors ?? []).map((error) => error.field)].join(' ')
  }

  async start(name: string, size: number, more: Record<string, unknown> = {}): Promise<Upload> {
    return (await this.call('POST', '/v1/uploads', { name, size, type: 'video/mp4', ...more })).body as Upload
  }

  /** Sends all parts; answers what `complete` wants. */
  async send(upload: Upload, bytes: Uint8Array): Promise<{ number: number; etag: string }[]> {
    const sent: { number: number; etag: string }[] = []
    for (const part of upload.parts) {
      const begin = (part.number - 1) * upload.partBytes
      const slice = bytes.slice(begin, begin + part.sizeBytes)
      const response = await fetch(part.url, { method: part.method, headers: part.headers, body: slice })
      sent.push({ number: part.number, etag: response.headers.get('etag') ?? `status ${response.status}` })
    }
    return sent
  }

  /** Uploads a whole film; answers the video's id. */
  async upload(name: string, bytes: Uint8Array, more: Record<string, unknown> = {}): Promise<string> {
    const upload = await this.start(name, bytes.byteLength, more)
    const parts = await this.send(upload, bytes)
    await this.call('POST', `/v1/uploads/${upload.id}/complete`, { parts })
    return upload.videoId
  }

  async video(id: string): Promise<Video> {
    return (await this.call('GET', `/v1/videos/${id}`)).body as Video
  }

  /** Waits until the video has one of these statuses; throws with what it has instead after `seconds`. */
  async until(id: string, statuses: readonly Video['status'][], seconds = 90): Promise<Video> {
    for (const end = Date.now() + seconds * 1000; ; await new Promise((r) => setTimeout(r, 100))) {
      const video = await this.video(id)
      if (statuses.includes(video.status)) return video
      if (Date.now() > end)
        throw new Error(`waited ${seconds} s for ${statuses.join(' or ')}: ${JSON.stringify(video)}`)
    }
  }
}
