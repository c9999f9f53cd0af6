import { open, stat } from 'node:fs/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { MediaFailed } from '../../core/ports/media.ts'
import type { Engine } from './engine.ts'
import { ToolFailed } from './run.ts'
import { inputArgs } from './source-args.ts'

/** A source under examination. */
export interface Looking {
  readonly engine: Engine
  /** Arguments that name the source to ffmpeg or ffprobe and fence it in, `-i` included. */
  readonly input: readonly string[]
  readonly signal: AbortSignal
}

/** Longest side of a picture that we decode. */
export const MAX_SIDE = 8192

/**
 * Containers that hold their own pictures and sounds. Playlists, image sequences and session descriptions are not
 * among them: those are lists of other files and addresses, and an uploaded one would read ours. Bare video streams
 * without a container are missing too, since nothing in them can be sought.
 */
const CONTAINERS =
  'mov,matroska,avi,asf,mpegts,mpeg,flv,ogg,rm,mxf,gxf,nut,dv,wtv,ivf,nsv,swf,smk,bink,amv,gif,apng,' +
  'mp3,aac,ac3,eac3,dts,dtshd,truehd,mlp,flac,wav,w64,aiff,caf,au,amr,ape,wv,tta,tak,mpc,mpc8,voc,oma,dsf,loas'

/**
 * Options for before `-i` that keep a hostile source to itself: only what carries its own bytes is opened, only known
 * containers are read, and no picture above 8192 x 8192 pixels is decoded.
 */
export function sourceGuards(source: string): string[] {
  const pixels = String(MAX_SIDE * MAX_SIDE)
  const fenced = ['-format_whitelist', CONTAINERS, '-max_pixels', pixels]
  if (!isHttp(source)) return ['-protocol_whitelist', 'file', ...fenced]
  return ['-protocol_whitelist', 'http,https,tcp,tls,crypto', '-rw_timeout', '30000000', ...fenced]
}

/**
 * Whether a tool's failure says something about the film. A tool that was killed or crashed says nothing, and a store
 * that does not answer is to be asked again.
 */
export const isVerdict = (error: unknown): error is ToolFailed =>
  error instanceof ToolFailed &&
  typeof error.status === 'number' &&
  !NO_VERDICT.has(error.status) &&
  !UNREACHABLE.test(error.tail)

/** The WebAssembly core crashed; a program could not be started. */
const NO_VERDICT = new Set([70, 126, 127])
const UNREACHABLE =
  /HTTP error|Server returned|Connection (?:refused|reset|timed out)|Input\/output error|Stream ends prematurely|Failed to resolve/i

/** ffmpeg takes a lost connection for the end of the film, and ends well: throws `MediaFailed` where its log tells. */
export function checkReached(log: string): void {
  if (UNREACHABLE.test(log)) throw new MediaFailed('the source was lost while it was read', log.slice(-4000))
}

/** Takes a `file:` or `http(s):` URL, or a path. */
export function lookAt(engine: Engine, source: string, signal: AbortSignal): Looking {
  const url = isHttp(source) || source.startsWith('file:') ? source : pathToFileURL(source).href
  return { engine, signal, input: [...sourceGuards(url), ...inputArgs(url)] }
}

const HEAD_BYTES = 64 * 1024

export interface Beginning {
  readonly sizeBytes: number
  /** The first 64 KiB, or all that there is. */
  readonly head: Uint8Array
}

/** Size and first bytes of a source. Throws `MediaFailed` for one that cannot be opened. */
export async function beginningOf(source: string, signal: AbortSignal): Promise<Beginning> {
  try {
    return isHttp(source) ? await httpBeginning(source, signal) : await fileBeginning(source)
  } catch (error) {
    signal.throwIfAborted()
    throw new MediaFailed('the source cannot be opened', String(error), { cause: error })
  }
}

async function fileBeginning(source: string): Promise<Beginning> {
  const path = source.startsWith('file:') ? fileURLToPath(source) : source
  const { size } = await stat(path)
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read({ buffer: new Uint8Array(HEAD_BYTES), position: 0 })
    return { sizeBytes: size, head: buffer.subarray(0, bytesRead) }
  } finally {
    await file.close()
  }
}

async function httpBeginning(source: string, signal: AbortSignal): Promise<Beginning> {
  const response = await fetch(source, { headers: { range: `bytes=0-${HEAD_BYTES - 1}` }, signal })
  // A range of an empty object cannot be satisfied.
  if (response.status === 416) return { sizeBytes: 0, head: new Uint8Array() }
  if (!response.ok) throw new Error(`the store answers ${response.status}`)
  const whole = response.headers.get('content-range')?.split('/')[1] ?? response.headers.get('content-length')
  return { sizeBytes: Number(whole), head: await firstBytes(response) }
}

// A server that ignores ranges would send the film.
async function firstBytes(response: Response): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk)
    size += chunk.length
    if (size >= HEAD_BYTES) break
  }
  return Buffer.concat(chunks).subarray(0, HEAD_BYTES)
}

const isHttp = (source: string) => /^https?:/.test(source)
