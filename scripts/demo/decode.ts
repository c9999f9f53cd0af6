import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Engine } from '../../adapters/ffmpeg/engine.ts'
import { runTool } from '../../adapters/ffmpeg/run.ts'
import { MediaFailed } from '../../core/ports/media.ts'
import { fetchWhole, type Track } from './fetch-film.ts'

/** Decodes the first and the last segment of a track behind its init segment. Answers what is wrong with them. */
export async function decodeEnds(engine: Engine, track: Track, signal: AbortSignal): Promise<string[]> {
  const { init, segments } = track.playlist
  const ends = new Set([segments.at(0), segments.at(-1)].filter((segment) => segment !== undefined))
  const head = init ? [await fetchWhole(init)] : []
  const faults: string[] = []
  for (const segment of ends) {
    const fault = await decode(
      engine,
      Buffer.concat([...head, await fetchWhole(segment)]),
      track.kind,
      signal,
    )
    if (fault !== undefined)
      faults.push(
        `${track.name}: ${fault} in ${new URL(segment.url).pathname.split('/').slice(-2).join('/')}`,
      )
  }
  return faults
}

/** Why a piece of CMAF does not decode, or `undefined` where every frame of it does. */
export async function decode(
  engine: Engine,
  bytes: Uint8Array,
  kind: Track['kind'],
  signal: AbortSignal,
): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'skyreel-decode-'))
  try {
    const file = join(folder, 'piece.mp4')
    await writeFile(file, bytes)
    const args = ['-nostdin', '-hide_banner', '-v', 'error', '-xerror', '-i', file, '-map', `0:${kind[0]}`]
    const { stdout, stderr } = await runTool(
      engine.ffmpeg,
      [...args, '-progress', 'pipe:1', '-f', 'null', '-'],
      { signal },
    )
    const complaint = stderr.split('\n').find((line) => line.trim() !== '')
    if (complaint) return complaint.slice(0, 200)
    return decodedSomething(stdout, kind) ? undefined : 'nothing decodes'
  } catch (error) {
    if (!(error instanceof MediaFailed)) throw error
    return error.tail.trim().split('\n').at(-1)?.slice(0, 200) || error.message
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function decodedSomething(progress: string, kind: Track['kind']): boolean {
  const name = kind === 'video' ? 'frame' : 'out_time_us'
  const last = progress
    .split('\n')
    .filter((line) => line.startsWith(`${name}=`))
    .at(-1)
  return Number(last?.slice(name.length + 1)) > 0
}
