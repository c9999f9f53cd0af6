import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runTool, type Tool } from './run.ts'

/** The two programs of FFmpeg, native or the WebAssembly build behind the same command line. */
export interface Engine {
  readonly kind: 'native' | 'wasm'
  /** Such as `5.1.9-0+deb12u1`. */
  readonly version: string
  readonly ffmpeg: Tool
  readonly ffprobe: Tool
  /** Where native programs were looked for and not taken: why, in words for the person who starts the platform. */
  readonly whyNotNative?: string
}

export interface EngineWish {
  readonly prefer?: 'native' | 'wasm'
  /** Folders to search for `ffmpeg` and `ffprobe`, written as in PATH. Without it the system's own PATH is searched. */
  readonly nativePath?: string
}

const OLDEST = 4.4
const NEEDED = { encoders: ['libx264', 'aac', 'mjpeg'], filters: ['zscale', 'bwdif', 'tonemap', 'tile'] }

/**
 * The native programs where they are found, run, are new enough (4.4) and can do what we ask of them; else the
 * WebAssembly build, which is several times slower, reads no `http:` source and cannot decode AV1.
 */
export async function findEngine(wish: EngineWish = {}): Promise<Engine> {
  if (wish.prefer === 'wasm') return wasmEngine()
  const native = await nativeEngine(wish.nativePath)
  return typeof native === 'string' ? { ...(await wasmEngine()), whyNotNative: native } : native
}

async function nativeEngine(searched: string | undefined): Promise<Engine | string> {
  const [ffmpeg, ffprobe] = [located('ffmpeg', searched), located('ffprobe', searched)]
  if (!ffmpeg || !ffprobe) return 'ffmpeg and ffprobe were not found'
  try {
    const version = await versionOf(ffmpeg)
    await versionOf(ffprobe)
    if (Number.parseFloat(version) < OLDEST) return `ffmpeg ${version} is older than ${OLDEST}`
    const missing = await missingIn(ffmpeg)
    if (missing.length > 0) return `ffmpeg ${version} was built without ${missing.join(', ')}`
    return { kind: 'native', version, ffmpeg, ffprobe }
  } catch (error) {
    return `ffmpeg does not run: ${error instanceof Error ? error.message : String(error)}`
  }
}

async function wasmEngine(): Promise<Engine> {
  const program = fileURLToPath(new URL('./wasm-command.ts', import.meta.url))
  const tool = (name: string): Tool => ({ command: process.execPath, args: [program, name] })
  const version = await versionOf(tool('ffmpeg'))
  return { kind: 'wasm', version, ffmpeg: tool('ffmpeg'), ffprobe: tool('ffprobe') }
}

function located(name: string, searched: string | undefined): Tool | undefined {
  if (searched === undefined) return { command: name, args: [] }
  const file = process.platform === 'win32' ? `${name}.exe` : name
  const paths = searched.split(delimiter).filter((folder) => folder !== '')
  const found = paths.map((folder) => join(folder, file)).find((path) => existsSync(path))
  return found === undefined ? undefined : { command: found, args: [] }
}

// A build from the repository calls itself `N-118193-g5f38c82536`: NaN, and taken for new.
async function versionOf(tool: Tool): Promise<string> {
  const { stdout } = await said(tool, ['-version'])
  const version = /^ff\w+ version (\S+)/.exec(stdout)?.[1]
  if (version === undefined) throw new Error(`it does not tell its version: ${stdout.slice(0, 80)}`)
  return version
}

async function missingIn(ffmpeg: Tool): Promise<string[]> {
  const [encoders, filters] = await Promise.all([
    said(ffmpeg, ['-hide_banner', '-encoders']),
    said(ffmpeg, ['-hide_banner', '-filters']),
  ])
  const lacks = (list: string, name: string) => !new RegExp(`^ \\S+ +${name} `, 'm').test(list)
  return [
    ...NEEDED.encoders.filter((name) => lacks(encoders.stdout, name)),
    ...NEEDED.filters.filter((name) => lacks(filters.stdout, name)),
  ]
}

const said = (tool: Tool, args: readonly string[]) => runTool(tool, args, { signal: NEVER })
const NEVER = new AbortController().signal
