import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Playback } from '../../core/video/wire.ts'
import { fetchFilm } from './fetch-film.ts'

/** Two rungs and a sound track by ffmpeg's own packager, for HLS and DASH, behind a plain server. */
const FILM = [
  ...['-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=s=320x180:r=10:d=4', '-f', 'lavfi', '-i', 'sine=d=4'],
  ...['-map', '0:v', '-map', '0:v', '-map', '1:a', '-c:v', 'libx264', '-preset', 'ultrafast', '-g', '20'],
  ...['-s:v:0', '160x90', '-c:a', 'aac', '-f', 'dash', '-hls_playlist', '1', '-seg_duration', '2'],
  ...['-adaptation_sets', 'id=0,streams=v id=1,streams=a', 'manifest.mpd'],
]

let folder = ''
let server: Server
let playback: Playback
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skyreel-fetch-'))
  execFileSync('ffmpeg', FILM, { cwd: folder })
  server = createServer(async (request, response) => {
    const path = join(folder, new URL(request.url ?? '/', 'http://host').pathname)
    const body = await readFile(path).catch(() => undefined)
    response.writeHead(body ? 200 : 404).end(body)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const urls = { hlsUrl: `${origin}/master.m3u8`, dashUrl: `${origin}/manifest.mpd`, manifestUrl: '' }
  const facts = { videoId: '', status: 'ready', title: '', protection: 'clear', licenses: {} } as const
  const session = { id: '', token: '', tokenExpiresAt: '', heartbeatSeconds: 20 }
  playback = { ...facts, ...urls, session, captions: [], chapters: [], durationSeconds: 4, expiresAt: '' }
})
afterEach(async () => {
  server.close()
  server.closeAllConnections()
  await rm(folder, { recursive: true, force: true })
})

describe('fetching a film', () => {
  it('finds nothing wrong with a whole one', async () => {
    expect((await fetchFilm(playback)).faults).toEqual([])
  })
  it('finds each track once, pictures and sound apart', async () => {
    const kinds = (await fetchFilm(playback)).tracks.map((track) => track.kind).sort()
    expect(kinds).toEqual(['audio', 'video', 'video'])
  })
  it('finds a segment that is not there', async () => {
    await rm(join(folder, 'chunk-stream1-00002.m4s'))
    expect((await fetchFilm(playback)).faults).toEqual([
      expect.stringMatching(/^404 for .*chunk-stream1-00002\.m4s$/),
    ])
  })
  it('finds that an init segment is not there', async () => {
    await rm(join(folder, 'init-stream2.m4s'))
    expect((await fetchFilm(playback)).faults).toEqual([
      expect.stringMatching(/^404 for .*init-stream2\.m4s$/),
    ])
  })
  it('does not bear a missing master playlist', async () => {
    await rm(join(folder, 'master.m3u8'))
    await expect(fetchFilm(playback)).rejects.toThrow('404 for')
  })
})
