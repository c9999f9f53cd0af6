import { execFile } from 'node:child_process'
import { openAsBlob } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { scanBoxes } from './boxes.ts'
import { describe, type Judgement, judge, judgeBoxes, PROBE_ENTRIES, type Probe } from './judge.ts'

const run = promisify(execFile)
let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skyreel-look-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function made(name: string, ...args: string[]): Promise<string> {
  const path = join(folder, name)
  await run('ffmpeg', ['-v', 'error', '-y', ...args, path])
  return path
}
const picture = (size: string, seconds: number) => [
  '-f',
  'lavfi',
  '-i',
  `testsrc2=s=${size}:r=25:d=${seconds}`,
]
const tone = ['-f', 'lavfi', '-i', 'sine=d=1']
const x264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p']

/** The look that the page takes, with this machine's ffprobe in the place of the browser's. */
async function look(path: string): Promise<Judgement> {
  const byBoxes = judgeBoxes(await scanBoxes(await openAsBlob(path)))
  if (byBoxes.refusal) return byBoxes
  const args = ['-v', 'error', '-show_entries', PROBE_ENTRIES, '-of', 'json', path]
  const { stdout, stderr } = await run('ffprobe', args).catch((e: { stdout: string; stderr: string }) => e)
  return judge(JSON.parse(stdout || '{}') as Probe, stderr.split('\n'))
}

it('tells size, rate, codecs and length of a film', async () => {
  const { facts } = await look(
    await made('film.mp4', ...picture('320x180', 1), ...tone, ...x264, '-c:a', 'aac'),
  )
  expect(facts && describe(facts)).toBe('320 × 180 · 25 fps · H.264 · AAC')
})

it('tells the size of a turned film as it is shown', async () => {
  const flat = await made('flat.mp4', ...picture('320x180', 1), ...x264)
  const turned = await made('turned.mp4', '-i', flat, '-c', 'copy', '-metadata:s:v', 'rotate=90')
  expect((await look(turned)).facts).toMatchObject({ width: 180, height: 320 })
})

it('takes a film without pictures for sound, not for a refusal', async () => {
  const { facts, refusal } = await look(await made('sound.m4a', ...tone, '-c:a', 'aac'))
  expect([facts && describe(facts), refusal]).toEqual(['AAC · sound only', undefined])
})

it('foresees that a text named .mp4 is refused', async () => {
  const path = join(folder, 'text.mp4')
  await writeFile(path, 'no film at all '.repeat(100))
  expect((await look(path)).refusal?.reason).toBe('not-video')
})

it('foresees that a film without its index is refused', async () => {
  const path = await made('whole.mp4', ...picture('320x180', 1), ...x264)
  const cut = join(folder, 'cut.mp4')
  await writeFile(cut, (await readFile(path)).subarray(0, 3000))
  expect((await look(cut)).refusal?.reason).toBe('malformed')
})

it('foresees that a film of one frame is refused as too short', async () => {
  expect((await look(await made('short.mp4', ...picture('320x180', 0.04), ...x264))).refusal?.reason).toBe(
    'too-short',
  )
})

it('foresees that a picture is refused', async () => {
  const path = await made('still.png', ...picture('320x180', 0.04), '-frames:v', '1')
  expect((await look(path)).refusal?.reason).toBe('still-image')
})

it('foresees that an encrypted film is refused', async () => {
  const key = [
    '-encryption_scheme',
    'cenc-aes-ctr',
    '-encryption_key',
    '0'.repeat(32),
    '-encryption_kid',
    '1'.repeat(32),
  ]
  expect(
    (await look(await made('locked.mp4', ...picture('320x180', 1), ...x264, ...key))).refusal?.reason,
  ).toBe('drm-protected')
})

it('foresees that a picture of 9000 pixels is refused', async () => {
  const path = await made('wide.mkv', ...picture('9000x16', 0.2), '-c:v', 'ffv1')
  expect((await look(path)).refusal?.reason).toBe('too-large-picture')
})

it('opens a film whose index stands at its front', async () => {
  const path = await made('front.mp4', ...picture('320x180', 1), ...x264, '-movflags', '+faststart')
  expect((await look(path)).refusal).toBeUndefined()
})

it('opens a film of fragments', async () => {
  const path = await made(
    'pieces.mp4',
    ...picture('320x180', 1),
    ...x264,
    '-movflags',
    'frag_keyframe+empty_moov',
  )
  expect((await look(path)).refusal).toBeUndefined()
})

it('foresees that encrypted sound is refused too', async () => {
  const key = [
    '-encryption_scheme',
    'cenc-aes-ctr',
    '-encryption_key',
    '0'.repeat(32),
    '-encryption_kid',
    '1'.repeat(32),
  ]
  expect((await look(await made('locked.m4a', ...tone, '-c:a', 'aac', ...key))).refusal?.reason).toBe(
    'drm-protected',
  )
})

it('foresees that a film is refused whose file ends within its index', async () => {
  const path = await made('front2.mp4', ...picture('320x180', 1), ...x264, '-movflags', '+faststart')
  const cut = join(folder, 'cut-index.mp4')
  await writeFile(cut, (await readFile(path)).subarray(0, 300))
  expect((await look(cut)).refusal?.reason).toBe('malformed')
})
