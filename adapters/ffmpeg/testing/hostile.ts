import { execFile } from 'node:child_process'
import { copyFile, readFile, truncate, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { promisify } from 'node:util'
import { deflateSync, gzipSync } from 'node:zlib'
import { keptFile, madeFilm } from './films.ts'
import { fileOf, hdrFilm, plainFilm } from './recipes.ts'

/** Files that a platform must refuse, or play with a warning. Each call answers the path of the kept file. */

const run = promisify(execFile)
const PACKAGER = createRequire(import.meta.url).resolve('shaka-packager/bin/packager-linux-x64')
const KEY = 'label=:key_id=00112233445566778899aabbccddeeff:key=ffeeddccbbaa99887766554433221100'

/** Encrypted by a packager; `hidden` without the boxes that name DRM systems. */
export async function encryptedFilm(scheme: 'cenc' | 'cbcs', hidden: boolean): Promise<string> {
  const plain = await plainFilm()
  return keptFile('encrypted.mp4', `${plain} ${scheme} ${hidden}`, async (draft) => {
    const stream = `in=${plain},stream=video,output=${draft}`
    const keys = [
      '--enable_raw_key_encryption',
      '--keys',
      KEY,
      '--protection_scheme',
      scheme,
      '--clear_lead',
      '0',
    ]
    await run(PACKAGER, [stream, ...keys, '--quiet'])
    if (hidden) await writeFile(draft, replaced(await readFile(draft), 'pssh', 'free'))
  })
}

/** HEVC that calls itself Dolby Vision of a profile: a `dvcC` box at the end of its sample entry. */
export async function dolbyVisionFilm(profile: number): Promise<string> {
  const plain = await hdrFilm('smpte2084')
  return keptFile('dolby-vision.mp4', `${plain} ${profile}`, async (draft) => {
    const dvcC = Buffer.alloc(32)
    dvcC.writeUInt32BE(32, 0)
    dvcC.write('dvcC', 4, 'latin1')
    dvcC.set([1, 0, (profile << 1) | 0, (3 << 3) | 0b101], 8)
    await writeFile(draft, withBox(await readFile(plain), dvcC))
  })
}

// The index comes last in this film: no chunk moves when it grows.
function withBox(film: Buffer, box: Buffer): Buffer {
  const entry = film.indexOf('hvc1', film.indexOf('stsd')) - 4
  const end = entry + film.readUInt32BE(entry)
  for (const name of ['moov', 'trak', 'mdia', 'minf', 'stbl', 'stsd', 'hvc1']) {
    const at = film.lastIndexOf(name, entry + 4) - 4
    film.writeUInt32BE(film.readUInt32BE(at) + box.length, at)
  }
  return Buffer.concat([film.subarray(0, end), box, film.subarray(end)])
}

/** An AVI file whose picture has a code that nobody knows. */
export async function unknownCodecFilm(): Promise<string> {
  const coded = ['-f', 'lavfi', '-i', 'testsrc2=s=64x64:d=1', '-c:v', 'mpeg4']
  const plain = await madeFilm('known.avi', coded)
  return keptFile('unknown.avi', `${plain} XXXX`, async (draft) => {
    await writeFile(draft, replaced(await readFile(plain), 'FMP4', 'XXXX'))
  })
}

/** Two frames, a day and an hour apart. */
export const endlessFilm = () =>
  madeFilm('endless.mkv', [
    ...['-f', 'lavfi', '-i', 'testsrc2=s=64x64:r=1:d=2', '-vf', 'setpts=N*90000/TB'],
    ...['-fps_mode', 'passthrough', '-c:v', 'mjpeg'],
  ])

/** 8200 x 64 pixels. */
export const wideFilm = () =>
  madeFilm('wide.mkv', ['-f', 'lavfi', '-i', 'color=s=8200x64:d=1', '-c:v', 'ffv1'])

/** A picture of 100 000 x 100 000 pixels in some hundred bytes. */
export function hugePng(): Promise<string> {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(100_000, 0)
  header.writeUInt32BE(100_000, 4)
  header.set([8, 6], 8)
  const parts = [chunk('IHDR', header), chunk('IDAT', deflateSync(Buffer.alloc(100_000))), chunk('IEND')]
  return fileOf('huge.png', Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), ...parts]))
}

/** An animation that says it is 65 535 pixels wide and high: 17 GB a frame. */
export async function hugeGif(): Promise<string> {
  const moving = ['-f', 'lavfi', '-i', 'testsrc2=s=64x64:r=10:d=1']
  const plain = await madeFilm('to-grow.gif', moving)
  return keptFile('huge.gif', `${plain} ffff`, async (draft) => {
    const bytes = await readFile(plain)
    bytes.fill(0xff, 6, 10)
    await writeFile(draft, bytes)
  })
}

function chunk(name: string, data: Buffer = Buffer.alloc(0)): Buffer {
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  return Buffer.concat([length, Buffer.from(name, 'latin1'), data, check])
}

export const zeroBytes = () => fileOf('empty.mp4', '')
export const textFile = () => fileOf('text.mp4', 'Once upon a time there was a film.\n'.repeat(200))
export const zipFile = () =>
  fileOf('zip.mp4', Buffer.concat([Buffer.from('PK\x03\x04'), gzipSync(Buffer.alloc(200_000, 'abcdefg'))]))

/** Bytes that mean nothing, the same each time. */
export function noise(): Promise<string> {
  let state = 1
  const bytes = Uint8Array.from({ length: 300_000 }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state >>> 24
  })
  return fileOf('noise.mp4', bytes)
}

/** A playlist that would have the platform read a file of its own. */
export const playlistFile = () =>
  fileOf(
    'playlist.mp4',
    '#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile:///etc/hostname\n#EXT-X-ENDLIST\n',
  )
export const concatFile = () => fileOf('concat.mp4', 'ffconcat version 1.0\nfile /etc/hostname\n')

/** The first half of a film in another container: `mkv`, `avi`, `flv`. */
export async function halfFilm(container: string): Promise<string> {
  const plain = await plainFilm()
  const codecs = container === 'avi' ? ['-c:v', 'mpeg4', '-c:a', 'mp3'] : ['-c', 'copy']
  const whole = await madeFilm(`whole.${container}`, ['-i', plain, ...codecs])
  return keptFile(`half.${container}`, whole, async (draft) => {
    await copyFile(whole, draft)
    await truncate(draft, Math.floor((await readFile(whole)).length / 2))
  })
}

/** The first part of a film (of a minute) with its index in front: 0.5 is half of the bytes. */
export async function clippedFilm(container: string, part: number, seconds = 60): Promise<string> {
  const source = ['-f', 'lavfi', '-i', `testsrc2=s=64x64:r=10:d=${seconds}`]
  const coded = ['-c:v', 'libx264', '-g', '50', '-x264-params', 'bframes=0']
  const index = ['mp4', 'mov'].includes(container) ? ['-movflags', '+faststart'] : []
  const whole = await madeFilm(`minute.${container}`, [...source, ...coded, ...index])
  return keptFile(`clipped.${container}`, `${whole} ${part}`, async (draft) => {
    await copyFile(whole, draft)
    await truncate(draft, Math.floor((await readFile(whole)).length * part))
  })
}

/** Good pictures, and a second sound track that holds nothing but ones. */
export async function deafFilm(): Promise<string> {
  const plain = await madeFilm('two-tracks.mkv', [
    ...[
      '-f',
      'lavfi',
      '-i',
      'testsrc2=s=64x64:d=2',
      '-f',
      'lavfi',
      '-i',
      'sine=d=2',
      '-map',
      '0',
      '-map',
      '1',
    ],
    ...['-map', '1', '-c:v', 'mpeg4', '-c:a:0', 'aac', '-c:a:1', 'ac3'],
  ])
  return keptFile('deaf.mkv', `${plain} ac3`, async (draft) => {
    // Each AC-3 frame begins with this word; without it no frame is found.
    await writeFile(draft, replaced(await readFile(plain), '\x0b\x77', '\xff\xff'))
  })
}

function replaced(bytes: Buffer, from: string, to: string): Buffer {
  return Buffer.from(bytes.toString('latin1').replaceAll(from, to), 'latin1')
}
