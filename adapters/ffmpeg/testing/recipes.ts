import { copyFile, open, readFile, truncate, writeFile } from 'node:fs/promises'
import { keptFile, madeFilm } from './films.ts'

/** Synthetic films, named for what is special about them. Each call answers the path of the kept file. */

const X264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-g', '25']
const AAC = ['-c:a', 'aac', '-b:a', '64k']

const pictures = (size: string, rate: string | number, seconds: number) => [
  '-f',
  'lavfi',
  '-i',
  `testsrc2=s=${size}:r=${rate}:d=${seconds}`,
]
const tone = (seconds: number, hz = 440) => [
  '-f',
  'lavfi',
  '-i',
  `sine=frequency=${hz}:sample_rate=48000:d=${seconds}`,
]

/** 320x180, 25 fps, 4 s, AAC, index in front. */
export const plainFilm = () =>
  madeFilm('plain.mp4', [
    ...pictures('320x180', 25, 4),
    ...tone(4),
    ...X264,
    ...AAC,
    '-movflags',
    '+faststart',
  ])

/** Any size and rate, without sound. */
export const silentFilm = (size: string, rate: string | number, seconds: number) =>
  madeFilm('silent.mp4', [...pictures(size, rate, seconds), ...X264])

/** 1919x1079, which 4:2:0 cannot hold: 4:4:4. */
export const oddSizeFilm = () =>
  madeFilm('odd.mp4', [
    ...pictures('1920x1080', 25, 1),
    '-vf',
    'format=yuv444p,crop=1919:1079',
    '-c:v',
    'libx264',
    '-preset',
    'ultrafast',
    '-pix_fmt',
    'yuv444p',
  ])

/** 320x180 with a display matrix of `degrees` (90, 180 or 270). */
export async function rotatedFilm(degrees: number): Promise<string> {
  const plain = await plainFilm()
  return madeFilm('rotated.mp4', ['-i', plain, '-c', 'copy', '-metadata:s:v:0', `rotate=${degrees}`])
}

/** A second of 320x180 in red, then one of 640x480 in blue, in one stream. */
export async function changingSizeFilm(): Promise<string> {
  const part = (colour: string, size: string) =>
    madeFilm(`${colour}.ts`, [
      ...['-f', 'lavfi', '-i', `color=${colour}:s=${size}:r=25:d=1`, ...X264, '-bsf:v', 'dump_extra'],
    ])
  const [red, blue] = [await part('red', '320x180'), await part('blue', '640x480')]
  const list = await fileOf('parts.txt', `file '${red}'\nfile '${blue}'\n`)
  return madeFilm('changing.mkv', ['-f', 'concat', '-safe', '0', '-i', list, '-c', 'copy'])
}

/** A transport stream that is two put one after the other, each of whose clocks begins anew. */
export async function restartingFilm(seconds: number): Promise<string> {
  const once = await madeFilm('once.ts', [
    ...pictures('320x180', 25, seconds),
    ...tone(seconds),
    ...X264,
    ...AAC,
  ])
  return keptFile('twice.ts', `${once} twice`, async (draft) => {
    const bytes = await readFile(once)
    await writeFile(draft, Buffer.concat([bytes, bytes]))
  })
}

/** Sound goes on after the picture, which is red and ends with a moment of blue. */
export const longerSoundFilm = (picture: number, sound: number, container = 'mp4') =>
  madeFilm(`longer-sound.${container}`, [
    ...['-f', 'lavfi', '-i', `color=red:s=320x180:r=25:d=${picture}`, ...tone(sound)],
    ...['-vf', `drawbox=color=blue:t=fill:enable='gte(t,${picture - 0.2})'`, ...X264, ...AAC],
  ])

/** Frames at irregular times, 15 to 30 a second. */
export const variableRateFilm = () =>
  madeFilm('vfr.mp4', [
    ...pictures('320x180', 30, 4),
    '-vf',
    "select='if(lt(t,2),1,not(mod(n,2)))'",
    '-fps_mode',
    'vfr',
    ...X264,
  ])

/** Ten bits, BT.2020, tagged `smpte2084` (PQ) or `arib-std-b67` (HLG), as HEVC. */
export const hdrFilm = (transfer: 'smpte2084' | 'arib-std-b67') =>
  madeFilm('hdr.mp4', [
    ...pictures('320x180', 25, 2),
    '-vf',
    'format=yuv420p10le',
    '-c:v',
    'libx265',
    '-preset',
    'ultrafast',
    '-x265-params',
    `log-level=error:colorprim=bt2020:transfer=${transfer}:colormatrix=bt2020nc`,
    '-color_primaries',
    'bt2020',
    '-color_trc',
    transfer,
    '-colorspace',
    'bt2020nc',
    '-tag:v',
    'hvc1',
  ])

/** 720x576 at 25 frames of two fields each. `tagged` false leaves the field order unknown. */
export const interlacedFilm = (tagged: boolean) =>
  madeFilm(tagged ? 'interlaced.mp4' : 'interlaced.avi', [
    ...pictures('720x576', 50, 2),
    '-vf',
    tagged ? 'interlace=scan=tff' : 'interlace=scan=tff,setfield=prog',
    ...(tagged ? ['-flags', '+ildct+ilme', ...X264] : ['-c:v', 'mjpeg', '-q:v', '3', '-pix_fmt', 'yuvj422p']),
  ])

/** 720x576 stored, 1024x576 shown. */
export const anamorphicFilm = () =>
  madeFilm('anamorphic.mp4', [...pictures('720x576', 25, 1), '-vf', 'setsar=64/45', ...X264])

/** English and German sound. */
export const twoLanguageFilm = () =>
  madeFilm('languages.mp4', [
    ...pictures('320x180', 25, 2),
    ...tone(2),
    ...tone(2, 880),
    ...['-map', '0:v', '-map', '1:a', '-map', '2:a'],
    ...[
      '-metadata:s:a:0',
      'language=eng',
      '-metadata:s:a:1',
      'language=ger',
      '-metadata:s:a:1',
      'title=Kommentar',
    ],
    ...X264,
    ...AAC,
  ])

export const audioOnlyFilm = () => madeFilm('sound.m4a', [...tone(3), ...AAC])

/** Sound with an attached picture, as music shops sell it. */
export const coverArtFilm = () =>
  madeFilm('cover.m4a', [
    ...tone(2),
    ...['-f', 'lavfi', '-i', 'testsrc2=s=64x64:d=1:r=1', '-map', '0:a', '-map', '1:v', '-frames:v', '1'],
    ...['-c:v', 'mjpeg', '-disposition:v', 'attached_pic', ...AAC],
  ])

export const oneFrameFilm = () =>
  madeFilm('one-frame.mp4', [...pictures('320x180', 25, 1), '-frames:v', '1', ...X264])

/** Two frames, 0.05 s. */
export const tooShortFilm = () => madeFilm('short.mp4', [...pictures('320x180', 40, 0.05), ...X264])

/** The index comes first, the second half of the data is missing. */
export async function truncatedFilm(): Promise<string> {
  const whole = await plainFilm()
  return keptFile('truncated.mp4', `${whole} half`, async (draft) => {
    await copyFile(whole, draft)
    await truncate(draft, Math.floor((await readFile(whole)).length / 2))
  })
}

/** The index would come last, and the end is missing. */
export async function moovMissingFilm(): Promise<string> {
  const whole = await madeFilm('moov-last.mp4', [...pictures('320x180', 25, 4), ...X264])
  return keptFile('moov-missing.mp4', `${whole} half`, async (draft) => {
    await copyFile(whole, draft)
    await truncate(draft, Math.floor((await readFile(whole)).length / 2))
  })
}

/** Zeros over a twentieth of the data in the middle; both ends are whole. */
export async function corruptMiddleFilm(): Promise<string> {
  const whole = await madeFilm('long-moov-last.mp4', [
    ...pictures('320x180', 25, 8),
    ...tone(8),
    ...X264,
    ...AAC,
  ])
  return keptFile('corrupt-middle.mp4', `${whole} zeros`, async (draft) => {
    await copyFile(whole, draft)
    const size = (await readFile(whole)).length
    const file = await open(draft, 'r+')
    await file.write(new Uint8Array(Math.floor(size / 20)), 0, undefined, Math.floor(size / 2))
    await file.close()
  })
}

/** A file of exactly these bytes. */
export const fileOf = (name: string, bytes: string | Uint8Array) =>
  keptFile(name, Buffer.from(bytes).toString('base64'), (draft) => writeFile(draft, bytes))
