import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TrackKey, TrackOutput } from '../../core/ports/media.ts'
import { makeAudio } from '../ffmpeg/make-audio.ts'
import { madeFilm } from '../ffmpeg/testing/films.ts'
import { encrypted, KEY, OTHER_KEY, SOUND_KEY } from '../ffmpeg/testing/keys.ts'
import { make } from '../ffmpeg/testing/made.ts'
import { joined, PICTURES, protect, SOUND, type Stored } from '../ffmpeg/testing/protected.ts'
import { audioTask, benchIn, openFolder, Shelf, sound, tasksOf, unwatched } from '../ffmpeg/testing/tasks.ts'
import { serveFiles, type Told } from './testing/clearkey-page.ts'

const FRAMES = 72
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const base64url = (digits: string) => Buffer.from(digits, 'hex').toString('base64url')
const keysOf = (...keys: readonly TrackKey[]) =>
  Object.fromEntries(keys.map(({ keyId, key }) => [keyId, hex(key)]))

interface Tracks {
  readonly pictures: Stored
  readonly sound: Stored
}
const films = new Map<string, Tracks>()
const files = new Map<string, Uint8Array>()
let browser: Browser

beforeAll(async () => {
  for (const scheme of ['cenc', 'cbcs'] as const) films.set(scheme, await encode(scheme))
  films.set('cbcs that was cenc', await protectAgain(films.get('cenc')))
  for (const [name, { pictures, sound: tone }] of films)
    for (const { shelf } of [pictures, tone])
      for (const [file, bytes] of shelf.files) files.set(`${name}/${file}`, bytes)
  const args = ['--autoplay-policy=no-user-gesture-required', '--no-sandbox']
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args })
}, 120_000)

afterAll(() => browser?.close())

/** Pictures from two chunks of 48 and 24 frames, and sound, each with a key of its own. */
async function encode(scheme: 'cenc' | 'cbcs'): Promise<Tracks> {
  const path = await madeFilm('bars-and-tone.mp4', [
    ...['-f', 'lavfi', '-i', 'testsrc2=s=256x144:r=25', '-f', 'lavfi', '-i', 'sine=sample_rate=48000'],
    ...['-c:v', 'libx264', '-preset', 'veryfast', '-pix_fmt', 'yuv420p', '-c:a', 'aac', '-t', '2.88'],
  ])
  const film = { path, rate: { num: 25, den: 1 }, frames: FRAMES }
  const encryption = encrypted(scheme)
  const tasks = tasksOf(film, { gopFrames: 12, gops: 4 }).map((task) => ({ ...task, encryption }))
  await using made = await make(tasks)
  await using folder = await openFolder()
  const shelf = new Shelf()
  const task = { ...audioTask(film, sound(1)), ...SOUND, encryption }
  const output = await makeAudio(benchIn(folder.path), task, shelf.sink, unwatched())
  const pictures = { shelf: made.shelf, output: joined(made.outputs.flatMap(({ tracks }) => tracks)) }
  return { pictures, sound: { shelf, output } }
}

/** The pictures under a new key and the other scheme, part by part. */
async function protectAgain(tracks: Tracks | undefined): Promise<Tracks> {
  if (!tracks) throw new Error('nothing to protect')
  const shelf = new Shelf()
  const outputs: TrackOutput[] = []
  for (const segments of [[1, 2], [3]]) {
    const to = { scheme: 'cbcs', key: OTHER_KEY } as const
    const part = await protect(tracks.pictures, { ...PICTURES, from: KEY, to, segments })
    for (const [name, bytes] of part.shelf.files) shelf.files.set(name, bytes)
    outputs.push(part.output)
  }
  return { ...tracks, pictures: { shelf, output: joined(outputs) } }
}

/** Plays a film with keys until it has ended, failed or waits for a key. */
async function play(name: string, keys: Readonly<Record<string, string>>): Promise<Told> {
  await using server = await serveFiles(files)
  const page = await browser.newPage()
  await page.goto(server.url)
  const tracks = tracksOf(name)
  // A failure to append is seen in the element's error.
  await page.evaluate(`void play(${JSON.stringify({ tracks, keys })}).catch(() => {})`)
  await page.waitForFunction('told().ended || told().waits || failed.length > 0')
  const told = await page.evaluate<Told>('told()')
  await page.close()
  return told
}

function tracksOf(name: string) {
  const film = films.get(name)
  if (!film) throw new Error(`no film ${name}`)
  return Object.entries(film).map(([kind, { output }]: [string, Stored]) => ({
    type: `${kind === 'sound' ? 'audio' : 'video'}/mp4; codecs="${output.codecs}"`,
    urls: ['init.mp4', ...output.segments.map(({ number }) => `${number}.m4s`)].map(
      (file) => `${name}/${output.name}/${file}`,
    ),
  }))
}

describe.each([
  ['cenc', KEY],
  ['cbcs', KEY],
  ['cbcs that was cenc', OTHER_KEY],
] as const)('%s in Chromium with Clear Key', (name, key) => {
  let told: Told
  beforeAll(async () => {
    told = await play(name, keysOf(key, SOUND_KEY))
  })

  it('decodes every frame of both chunks', () => {
    expect([told.failed, told.frames]).toEqual([[], FRAMES])
  })

  it('plays to the end', () => {
    expect(told.currentTime).toBeCloseTo(FRAMES / 25, 1)
  })

  it('asks for the keys that the init segments name', () => {
    const due = [key, SOUND_KEY].map(({ keyId }) => base64url(keyId))
    expect([...new Set(told.asked)].toSorted()).toEqual(due.toSorted())
  })

  it('shows nothing with a wrong key', async () => {
    const { frames, failed } = await play(name, keysOf({ ...key, key: key.iv }, SOUND_KEY))
    expect([frames, failed.length]).toEqual([0, 1])
  })

  it('shows nothing without the key of the pictures', async () => {
    const { frames, currentTime } = await play(name, keysOf(SOUND_KEY))
    expect([frames, currentTime]).toEqual([0, 0])
  })
})
