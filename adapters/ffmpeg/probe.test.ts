import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pathToFileURL } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { SourceReport, Watch } from '../../core/ports/media.ts'
import { type Engine, findEngine } from './engine.ts'
import { probeSource } from './probe.ts'
import { madeFilm, type OpencvFilm, opencvFilmOrSkip } from './testing/films.ts'
import * as hostile from './testing/hostile.ts'
import * as films from './testing/recipes.ts'

const native = await findEngine()
const wasm = await findEngine({ prefer: 'wasm' })
const watch: Watch = { signal: new AbortController().signal, progress: () => undefined }

async function reportOf(film: Promise<string> | string, engine: Engine = native): Promise<SourceReport> {
  const answer = await probeSource(engine, await film, watch)
  if ('refused' in answer) throw new Error(`refused: ${JSON.stringify(answer.refused)}`)
  return answer.report
}
const videoOf = async (film: Promise<string> | string) => (await reportOf(film)).video

describe.each([native, wasm])('the probe by the $kind engine', (engine) => {
  it('tells the facts of a plain film', async () => {
    await expect(reportOf(films.plainFilm(), engine)).resolves.toEqual({
      container: 'mp4',
      durationSeconds: 4,
      startSeconds: 0,
      sizeBytes: expect.any(Number),
      video: {
        streamIndex: 0,
        codec: 'h264',
        displayWidth: 320,
        displayHeight: 180,
        frameRate: { num: 25, den: 1 },
        variableFrameRate: false,
        durationSeconds: 4,
        bitsPerSecond: expect.any(Number),
        interlaced: false,
        hdr: undefined,
        rotationDegrees: 0,
      },
      audio: [{ streamIndex: 1, codec: 'aac', channels: 1, sampleRate: 48000, language: 'und' }],
      warnings: [],
    })
  })
})

describe('the picture', () => {
  it('of odd size keeps its odd sides', async () => {
    await expect(videoOf(films.oddSizeFilm())).resolves.toMatchObject({
      displayWidth: 1919,
      displayHeight: 1079,
    })
  })

  it.each([
    [90, 180, 320],
    [180, 320, 180],
    [270, 180, 320],
  ])(
    'turned by %i degrees is as wide and high as it is shown',
    async (degrees, displayWidth, displayHeight) => {
      const video = await videoOf(films.rotatedFilm(degrees))
      expect(video).toMatchObject({ displayWidth, displayHeight })
    },
  )

  it('with wide pixels is as wide as it is shown', async () => {
    await expect(videoOf(films.anamorphicFilm())).resolves.toMatchObject({
      displayWidth: 1024,
      displayHeight: 576,
    })
  })

  it.each([
    ['smpte2084', 'pq'],
    ['arib-std-b67', 'hlg'],
  ] as const)('with the transfer %s is HDR of the kind %s', async (transfer, hdr) => {
    await expect(videoOf(films.hdrFilm(transfer))).resolves.toMatchObject({ hdr })
  })

  it('in Dolby Vision with a compatible layer is taken', async () => {
    await expect(videoOf(hostile.dolbyVisionFilm(8))).resolves.toMatchObject({ hdr: 'pq' })
  })

  it('in Dolby Vision profile 5 is refused', async () => {
    const answer = await probeSource(native, await hostile.dolbyVisionFilm(5), watch)
    expect(answer).toEqual({ refused: { reason: 'unsupported-codec', detail: 'Dolby Vision profile 5' } })
  })

  it.each([
    ['tagged', true],
    ['not tagged', false],
  ])('of fields, %s as such, is interlaced', async (_, tagged) => {
    await expect(videoOf(films.interlacedFilm(tagged))).resolves.toMatchObject({ interlaced: true })
  })

  it('that moves as a whole is not interlaced, though the file does not say', async (ctx) => {
    await expect(videoOf(opencvFilmOrSkip(ctx, 'vtest.avi'))).resolves.toMatchObject({ interlaced: false })
  })
})

describe('the frame rate', () => {
  it('that varies is put onto the nearest common one, with a warning', async () => {
    const { video, warnings } = await reportOf(films.variableRateFilm())
    expect([video?.frameRate, warnings.map(({ code }) => code)]).toEqual([
      { num: 24000, den: 1001 },
      ['variable-frame-rate'],
    ])
  })

  it.each([
    ['mkv', '30000/1001', { num: 30000, den: 1001 }],
    ['ts', '24000/1001', { num: 24000, den: 1001 }],
    ['flv', '25', { num: 25, den: 1 }],
    ['mov', '120', { num: 60, den: 1 }],
    ['mp4', '10', { num: 10, den: 1 }],
    ['avi', '12.5', { num: 25, den: 2 }],
  ])('of a steady %s film at %s is its own, at most 60', async (container, rate, frameRate) => {
    const coded = ['-c:v', container === 'avi' ? 'mpeg4' : 'libx264', '-bf', '2']
    const film = madeFilm(`rate.${container}`, [
      '-f',
      'lavfi',
      '-i',
      `testsrc2=s=64x64:r=${rate}:d=14`,
      ...coded,
    ])
    await expect(videoOf(film)).resolves.toMatchObject({ frameRate, variableFrameRate: false })
  })
})

describe('the sound', () => {
  it('tells each track in its language', async () => {
    const { audio } = await reportOf(films.twoLanguageFilm())
    expect(audio.map(({ language }) => language)).toEqual(['en', 'de'])
  })

  it('without a picture is a film without a picture', async () => {
    const report = await reportOf(films.audioOnlyFilm())
    expect([report.video, report.durationSeconds]).toEqual([undefined, 3])
  })

  it('with cover art has no picture', async () => {
    await expect(videoOf(films.coverArtFilm())).resolves.toBeUndefined()
  })

  it('that cannot be decoded is left out with a warning', async () => {
    const { audio, warnings } = await reportOf(hostile.deafFilm())
    expect([audio.map(({ codec }) => codec), warnings.map(({ code }) => code)]).toEqual([
      ['aac'],
      ['audio-unreadable'],
    ])
  })

  it('of a bare stream has the length that it has, not the one that its bit rate suggests', async () => {
    const quiet = ['-f', 'lavfi', '-i', 'sine=d=30,volume=if(gt(t\\,10)\\,0\\,1):eval=frame', '-c:a', 'aac']
    const report = await reportOf(madeFilm('bare.aac', quiet))
    expect(report.durationSeconds).toBeCloseTo(30, 0)
  })
})

describe('a real film', () => {
  const OPENCV: readonly (readonly [OpencvFilm, object])[] = [
    [
      'vtest.avi',
      { durationSeconds: 79.5, video: { frameRate: { num: 10, den: 1 }, variableFrameRate: false } },
    ],
    ['Megamind.avi', { durationSeconds: 11.261261, video: { frameRate: { num: 24000, den: 1001 } } }],
    ['Megamind_bugy.avi', { durationSeconds: 9, video: { frameRate: { num: 30, den: 1 } } }],
    ['tree.avi', { video: { codec: 'cinepak', frameRate: { num: 15, den: 1 }, variableFrameRate: true } }],
    [
      'cup.mp4',
      { video: { frameRate: { num: 25, den: 1 }, variableFrameRate: true }, audio: [{ language: 'zh' }] },
    ],
    ['box.mp4', { video: { frameRate: { num: 30000, den: 1001 } }, warnings: [{ code: 'corrupt-frames' }] }],
  ]
  it.for(OPENCV)('%s is understood', async ([name, expected], ctx) => {
    const film = await opencvFilmOrSkip(ctx, name)
    await expect(reportOf(film)).resolves.toMatchObject(expected)
  })
})

describe('a source', () => {
  it('can be a file URL with blanks in it', async () => {
    const film = await madeFilm('with blanks %20.mp4', ['-f', 'lavfi', '-i', 'testsrc2=s=64x64:d=1'])
    await expect(reportOf(pathToFileURL(film).href)).resolves.toMatchObject({ durationSeconds: 1 })
  })

  it('can be an http URL', async () => {
    await expect(reportOf(await served(await films.plainFilm()))).resolves.toMatchObject({
      durationSeconds: 4,
    })
  })

  it('that is empty behind an http URL is refused as empty', async () => {
    const answer = await probeSource(native, await served(await hostile.zeroBytes()), watch)
    expect(answer).toEqual({ refused: { reason: 'empty-file' } })
  })

  it('that is not there is an error and no refusal', async () => {
    const gone = probeSource(native, 'file:///nowhere/film.mp4', watch)
    await expect(gone).rejects.toMatchObject({ name: 'MediaFailed' })
  })

  it.each([2, 3, 4])('whose store fails at request %i is an error and no refusal', async (failing) => {
    const lost = probeSource(native, await served(await films.plainFilm(), failing), watch)
    await expect(lost).rejects.toMatchObject({ name: 'MediaFailed' })
  })

  it('is left at once when the signal aborts', async () => {
    const stop = new AbortController()
    const leaving = probeSource(native, await films.plainFilm(), {
      signal: stop.signal,
      progress: () => stop.abort(),
    })
    await expect(leaving).rejects.toMatchObject({ name: 'AbortError' })
  })
})

/** URL of a server that answers ranges of one file, as object stores do, until it fails at a request. */
async function served(path: string, failing = Infinity): Promise<string> {
  const { size } = await stat(path)
  let requests = 0
  const server = createServer((request, response) => {
    requests += 1
    if (requests >= failing) return response.writeHead(500).end()
    const [, from, to] = /bytes=(\d+)-(\d*)/.exec(request.headers.range ?? '') ?? []
    const start = Number(from ?? 0)
    const end = Math.min(size - 1, to ? Number(to) : size - 1)
    if (start >= size) return response.writeHead(416).end()
    const range = { 'content-range': `bytes ${start}-${end}/${size}`, 'accept-ranges': 'bytes' }
    response.writeHead(from === undefined ? 200 : 206, { ...range, 'content-length': end - start + 1 })
    return createReadStream(path, { start, end }).pipe(response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return `http://127.0.0.1:${port}/film`
}
