import { describe, expect, it } from 'vitest'
import type { Watch } from '../../core/ports/media.ts'
import { findEngine } from './engine.ts'
import { probeSource } from './probe.ts'
import { madeFilm } from './testing/films.ts'
import * as hostile from './testing/hostile.ts'
import * as films from './testing/recipes.ts'

const native = await findEngine()
const wasm = await findEngine({ prefer: 'wasm' })
const watch: Watch = { signal: new AbortController().signal, progress: () => undefined }

async function reportOf(film: Promise<string>) {
  const answer = await probeSource(native, await film, watch)
  if ('refused' in answer) throw new Error(`refused: ${JSON.stringify(answer.refused)}`)
  return answer.report
}

describe.each([native, wasm])('the probe by the $kind engine', (engine) => {
  it.each([
    ['of zero bytes', hostile.zeroBytes, { reason: 'empty-file' }],
    ['of text', hostile.textFile, { reason: 'not-video' }],
    ['of a zip archive', hostile.zipFile, { reason: 'not-video' }],
    ['of noise', hostile.noise, { reason: 'not-video' }],
    ['that is a playlist', hostile.playlistFile, { reason: 'not-video', detail: 'hls' }],
    ['that lists other files', hostile.concatFile, { reason: 'not-video', detail: 'concat' }],
    [
      'without its index',
      films.moovMissingFilm,
      { reason: 'malformed', detail: 'the index (moov) is missing' },
    ],
    ['cut in half', films.truncatedFilm, { reason: 'truncated', detail: 'ends after 2.0 s of 4.0 s' }],
    ['of 0.05 s', films.tooShortFilm, { reason: 'too-short', detail: '0.050 s' }],
    ['of one frame', films.oneFrameFilm, { reason: 'too-short', detail: 'a single frame' }],
    ['of 25 hours', hostile.endlessFilm, { reason: 'too-long', detail: expect.stringMatching(/ hours$/) }],
    ['8200 pixels wide', hostile.wideFilm, { reason: 'too-large-picture', detail: '8200x64' }],
    [
      'of 65535 pixels a side that moves',
      hostile.hugeGif,
      { reason: 'too-large-picture', detail: '65535x65535' },
    ],
    ['of 100000 pixels a side', hostile.hugePng, { reason: 'too-large-picture', detail: '100000x100000' }],
    [
      'with an unknown codec',
      hostile.unknownCodecFilm,
      { reason: 'unsupported-codec', detail: expect.any(String) },
    ],
    ['encrypted with cenc', () => hostile.encryptedFilm('cenc', false), { reason: 'drm-protected' }],
    ['encrypted and silent of it', () => hostile.encryptedFilm('cbcs', true), { reason: 'drm-protected' }],
  ])('refuses a file %s', async (_, film, refused) => {
    await expect(probeSource(engine, await film(), watch)).resolves.toEqual({ refused })
  })
})

describe('a damaged film', () => {
  it('that is whole at both ends plays with a warning', async () => {
    const { warnings } = await reportOf(films.corruptMiddleFilm())
    expect(warnings.map(({ code }) => code)).toEqual(['corrupt-frames'])
  })

  it.each(['mkv', 'avi', 'flv'])('is refused when half of the %s file is missing', async (container) => {
    const answer = await probeSource(native, await hostile.halfFilm(container), watch)
    expect(answer).toMatchObject({ refused: { reason: 'truncated' } })
  })

  it.each(['mp4', 'mov', 'mkv', 'avi', 'flv'])(
    'of ten seconds cut at 60 %% as %s is refused',
    async (container) => {
      const answer = await probeSource(native, await hostile.clippedFilm(container, 0.6, 10), watch)
      const detail = expect.stringMatching(/^ends after [56]\.\d s of 10\.\d s$/)
      expect(answer).toEqual({ refused: { reason: 'truncated', detail } })
    },
  )

  it('that lacks a second at most plays, with a warning', async () => {
    const { warnings } = await reportOf(hostile.clippedFilm('mp4', 0.6, 2))
    expect(warnings.map(({ code }) => code)).toContain('truncated')
  })

  it.each([2, 20])('whose clock starts again after %i s says that a part is left out', async (seconds) => {
    const { warnings } = await reportOf(films.restartingFilm(seconds))
    expect(warnings.map(({ code }) => code)).toContain('clock-restarts')
  })

  it.each(['mp4', 'mkv'] as const)('of a minute tells where the %s file ends', async (container) => {
    const answer = await probeSource(native, await hostile.clippedFilm(container, 0.5), watch)
    const detail = expect.stringMatching(/^ends after (2[5-9]|3[0-5])\.\d s of 60\.0 s$/)
    expect(answer).toEqual({ refused: { reason: 'truncated', detail } })
  })

  it('that lacks its last moments plays as long as it lasts, with a warning', async () => {
    const { durationSeconds, warnings } = await reportOf(hostile.clippedFilm('mp4', 0.985))
    expect([durationSeconds > 58.8 && durationSeconds < 59.5, warnings.map(({ code }) => code)]).toEqual([
      true,
      expect.arrayContaining(['truncated']),
    ])
  })
})

describe('a still picture', () => {
  it.each(['png', 'jpg', 'webp', 'bmp', 'tiff', 'gif'])('as %s is refused as one', async (format) => {
    const film = await madeFilm(`still.${format}`, [
      '-f',
      'lavfi',
      '-i',
      'testsrc2=s=64x64:d=1',
      '-frames:v',
      '1',
    ])
    const answer = await probeSource(native, film, watch)
    expect(answer).toMatchObject({ refused: { reason: 'still-image' } })
  })

  it('that moves (GIF) is a film', async () => {
    const film = madeFilm('moving.gif', ['-f', 'lavfi', '-i', 'testsrc2=s=64x64:r=10:d=2'])
    await expect(reportOf(film)).resolves.toMatchObject({ container: 'gif', durationSeconds: 2 })
  })
})
