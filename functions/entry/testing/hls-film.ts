import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

export interface HlsFilm {
  readonly variants: readonly { readonly height: number; readonly frames: number }[]
  readonly audioTracks: number
}

/** Reads a master playlist as a player would and decodes every frame of every variant with ffmpeg. Lowest variant first. */
export async function readHlsFilm(masterUrl: string): Promise<HlsFilm> {
  const lines = (await fetched(masterUrl)).split('\n')
  const audio = lines.filter((line) => line.startsWith('#EXT-X-MEDIA:TYPE=AUDIO'))
  const variants: { height: number; frames: number }[] = []
  for (const [i, line] of lines.entries()) {
    const height = /^#EXT-X-STREAM-INF:.*RESOLUTION=\d+x(\d+)/.exec(line)?.[1]
    if (height)
      variants.push({
        height: Number(height),
        frames: await framesOf(new URL(lines[i + 1] ?? '', masterUrl).href),
      })
  }
  return { variants: variants.toSorted((a, b) => a.height - b.height), audioTracks: audio.length }
}

async function fetched(url: string): Promise<string> {
  const response = await fetch(url)
  if (!response.ok) throw new Error(`${response.status} for ${url}`)
  return response.text()
}

async function framesOf(playlistUrl: string): Promise<number> {
  const count = [
    '-select_streams',
    'v:0',
    '-count_frames',
    '-show_entries',
    'stream=nb_read_frames',
    '-of',
    'csv=p=0',
  ]
  const { stdout, stderr } = await run('ffprobe', [
    '-v',
    'error',
    '-allowed_extensions',
    'ALL',
    ...count,
    playlistUrl,
  ])
  if (stderr !== '') throw new Error(`ffprobe complains: ${stderr.slice(0, 500)}`)
  return Number.parseInt(stdout, 10)
}
