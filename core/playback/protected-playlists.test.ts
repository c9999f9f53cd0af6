import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { madeFilm } from '../../adapters/ffmpeg/testing/films.ts'
import { protectionOf } from '../../adapters/shaka/protection.ts'
import type { TrackProtection } from '../ports/media.ts'
import { psshData } from '../protection/pssh.ts'
import { writeDash } from './dash.ts'
import type { AudioTrack, FilmTracks, TrackEncryption, VideoTrack } from './film-tracks.ts'
import { writeHls } from './hls.ts'
import { signPlaylist } from './signed-playlist.ts'

const PACKAGER = join(
  import.meta.dirname,
  `../../node_modules/shaka-packager/bin/packager-linux-${process.arch}`,
)
const KID = '00112233445566778899aabbccddeeff'
const names = { revision: 1, origin: 'https://example.org' }

/** What shaka-packager itself writes for the same key: playlist, manifest, and what its init segment says. */
interface Theirs {
  readonly playlist: string
  readonly manifest: string
  readonly protection: TrackProtection
}
const theirs = new Map<string, Theirs>()
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skyreel-signals-'))
  const film = await madeFilm('signals.mp4', [
    ...['-f', 'lavfi', '-i', 'testsrc2=s=256x144:r=25:d=2'],
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'],
  ])
  for (const scheme of ['cbcs', 'cenc']) theirs.set(scheme, await packaged(film, scheme))
}, 60_000)
afterAll(() => rm(folder, { recursive: true, force: true }))

async function packaged(film: string, scheme: string): Promise<Theirs> {
  const files = `init_segment=${scheme}.mp4,segment_template=${scheme}-$Number$.m4s,playlist_name=${scheme}.m3u8`
  const systems = ['--protection_systems', 'Widevine,PlayReady,FairPlay', '--hls_key_uri', `skd://${KID}`]
  const keys = [
    '--enable_raw_key_encryption',
    '--keys',
    `label=:key_id=${KID}:key=${KID}`,
    '--clear_lead',
    '0',
  ]
  const outputs = ['--hls_master_playlist_output', `${scheme}-m.m3u8`, '--mpd_output', `${scheme}.mpd`]
  const args = [
    `in=${film},stream=video,${files}`,
    ...keys,
    '--protection_scheme',
    scheme,
    ...systems,
    ...outputs,
  ]
  await promisify(execFile)(PACKAGER, [...args, '--quiet'], { cwd: folder })
  const text = (name: string) => readFile(join(folder, name), 'utf8')
  const protection = protectionOf(await readFile(join(folder, `${scheme}.mp4`)))
  if (!protection) throw new Error('the packager left the film clear')
  return { playlist: await text(`${scheme}.m3u8`), manifest: await text(`${scheme}.mpd`), protection }
}
const their = (scheme: string) => theirs.get(scheme) ?? expect.fail(scheme)

const segments = [1, 2].map((number) => ({
  number,
  durationTicks: 50,
  sizeBytes: 1000,
  keyframes: [{ offset: 0, sizeBytes: 100, durationTicks: 50 }],
}))
const picture = (height: number, protection: TrackEncryption): VideoTrack => ({
  ...{ name: `${height}p`, codecs: 'avc1.64001f', timescale: 25, segments, protection },
  ...{ width: (height * 16) / 9, height, frameRate: { num: 25, den: 1 } },
})
const sound = (protection: TrackEncryption): AudioTrack => ({
  ...{ name: 'audio-0', codecs: 'mp4a.40.2', timescale: 25, segments, protection },
  ...{ language: 'en', label: 'English', channels: 2, sampleRate: 48_000, isDefault: true },
})
const film =
  (...heights: readonly number[]) =>
  (protection: TrackEncryption): FilmTracks => ({
    video: heights.map((height) => picture(height, protection)),
    audio: [sound(protection)],
    captions: [],
    durationSeconds: 4,
  })
const one = film(144)
const textOf = (tracks: FilmTracks, name: string) =>
  writeHls(tracks, names).find((file) => file.name === name)?.text ?? expect.fail(name)

/** Method, system and URI of each key; what the packager writes for players that hold a key already is left out. */
const keysIn = (playlist: string, tag = 'EXT-X-KEY') =>
  playlist
    .split('\n')
    .filter((line) => line.startsWith(`#${tag}:`) && !line.includes('"identity"'))
    .map((line) =>
      [/METHOD=([^,]+)/, /KEYFORMAT="([^"]+)"/, /URI="([^"]+)"/].map((part) => part.exec(line)?.[1]),
    )
    .sort()

describe('HLS of a film under cbcs', () => {
  it('names the same keys as shaka-packager', () => {
    const { playlist, protection } = their('cbcs')
    expect(keysIn(textOf(one(protection), '144p/index.1.m3u8'))).toEqual(keysIn(playlist))
  })
  it('names them to I-frame playlists, too', () => {
    const { playlist, protection } = their('cbcs')
    expect(keysIn(textOf(one(protection), '144p/iframes.1.m3u8'))).toEqual(keysIn(playlist))
  })
  it('names each key once to the session', () => {
    const { playlist, protection } = their('cbcs')
    const master = textOf(film(144, 240)(protection), 'master.1.m3u8')
    expect(keysIn(master, 'EXT-X-SESSION-KEY')).toEqual(keysIn(playlist))
  })
  it('gives the key’s id to Widevine', () => {
    expect(textOf(one(their('cbcs').protection), '144p/index.1.m3u8')).toContain(`,KEYID=0x${KID},`)
  })
})

describe('HLS of a film under cenc', () => {
  it('names the same keys as shaka-packager but FairPlay’s, which cannot open it', () => {
    const { playlist, protection } = their('cenc')
    const possible = keysIn(playlist).filter(([, system]) => system !== 'com.apple.streamingkeydelivery')
    expect(keysIn(textOf(one(protection), '144p/index.1.m3u8'))).toEqual(possible)
  })
})

describe('HLS of a film under AES-128', () => {
  const whole = one({ scheme: 'aes-128', keyId: KID })
  it('has the key behind the init segment, which is clear, and leaves the IV to the segment’s number', () => {
    expect(textOf(whole, '144p/index.1.m3u8').split('\n').slice(4, 9)).toEqual([
      '#EXT-X-PLAYLIST-TYPE:VOD',
      '#EXT-X-MAP:URI="init.mp4"',
      `#EXT-X-KEY:METHOD=AES-128,URI="https://example.org/v1/license/key/${KID}"`,
      '#EXTINF:2,',
      '1.m4s',
    ])
  })
  it('numbers the first segment as it is sealed', () => {
    expect(textOf(whole, '144p/index.1.m3u8')).toContain('#EXT-X-MEDIA-SEQUENCE:1\n')
  })
  it('is refused without the origin of its keys', () => {
    expect(() => writeHls(whole, { revision: 1 })).toThrow('origin of its keys')
  })
  it('has no DASH manifest', () => {
    expect(() => writeDash(whole, names)).toThrow('DASH has no whole segments encrypted')
  })
})

/** Values of ContentProtection, in any order. */
const signalsIn = (manifest: string) =>
  [
    ...[...manifest.matchAll(/<(cenc:pssh|mspr:pro)>([^<]+)</g)].map(([, name, value]) => `${name} ${value}`),
    ...[...manifest.matchAll(/(cenc:default_KID|schemeIdUri)="([^"]+)"/g)].map(
      ([, name, value]) => `${name} ${value}`,
    ),
  ].filter((signal) => !/role:2011|23003:3|e2719d58/.test(signal))

describe.each(['cbcs', 'cenc'])('DASH of a film under %s', (scheme) => {
  const manifest = (tracks = one(their(scheme).protection)) => writeDash(tracks, names).text

  it('says of it what shaka-packager says', () => {
    expect(new Set(signalsIn(manifest()))).toEqual(new Set(signalsIn(their(scheme).manifest)))
  })
  it('names the scheme', () => {
    expect(manifest()).toContain(`schemeIdUri="urn:mpeg:dash:mp4protection:2011" value="${scheme}"`)
  })
  it('says where Clear Key licences are', () => {
    expect(manifest()).toContain(
      '<dashif:Laurl licenseType="EME-1.0">https://example.org/v1/license/clearkey</dashif:Laurl>',
    )
  })
  it('has a set for each label, each naming the others', () => {
    const sets = manifest(film(144, 480, 720, 1080, 2160)(their(scheme).protection))
      .split('<AdaptationSet')
      .slice(1)
    const seen = sets.map((set) => [
      /^ id="(\d)"/.exec(set)?.[1],
      /adaptation-set-switching:2016" value="([\d,]+)"/.exec(set)?.[1],
      [...set.matchAll(/Representation id="([^"]+)"/g)].map(([, id]) => id).join(),
    ])
    expect(seen).toEqual([
      ['1', '2,3', '144p,480p'],
      ['2', '1,3', '720p,1080p'],
      ['3', '1,2', '2160p'],
      [undefined, undefined, 'audio-0'],
    ])
  })
  it('keeps its protection where each URI is signed by itself', async () => {
    const place = {
      key: 'v/manifest.1.mpd',
      prefix: 'v/',
      sign: async (file: string) => `https://cdn/${file}?s=1`,
    }
    const signed = await signPlaylist(manifest(), 'dash', place)
    const protections = (text: string) =>
      [...text.matchAll(/ *<ContentProtection[\s\S]*?(?:\/>|<\/ContentProtection>)/g)].join()
    expect(protections(signed)).toBe(protections(manifest()))
    expect(signed.match(/https:\/\/cdn\//g)).toHaveLength(2 * 3)
  })
  it('is refused without the origin of its licences', () => {
    expect(() => writeDash(one(their(scheme).protection), { revision: 1 })).toThrow('origin of its licences')
  })
})

describe('a pssh box', () => {
  const BOX = 'AAAANHBzc2gBAAAAEHfv7MCyTQKs4zweUuL7SwAAAAEAESIzRFVmd4iZqrvM3e7/AAAAAA=='
  it('of version 1 is read behind its key ids', () => {
    expect(psshData(BOX)).toHaveLength(0)
  })
  it.each([
    ['cut off', BOX.slice(0, 40)],
    ['of another kind', Buffer.from(BOX, 'base64').fill('free', 4, 8).toString('base64')],
    ['that ends elsewhere', Buffer.from(BOX, 'base64').fill(9, 48).toString('base64')],
    ['of nothing', ''],
  ])('%s is refused', (_, box) => {
    expect(() => psshData(box)).toThrow(RangeError)
  })
})
