import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { findEngine } from '../../adapters/ffmpeg/engine.ts'
import { openMedia } from '../../adapters/ffmpeg/media.ts'
import { madeFilm, opencvFilm } from '../../adapters/ffmpeg/testing/films.ts'
import { planFilm } from '../../core/transcode/plan.ts'
import { ROOT } from '../settings.ts'
import { type Cost, costOf } from './process-cost.ts'
import { commandPerRung, singleCommand, type Wanted, wantedBy } from './reference-commands.ts'
import { type BenchReport, figures, rounded, thisMachine } from './report.ts'

const RUNS = 3
const PIPELINE = 'pipeline'
const SINGLE = 'one ffmpeg, one decode'
const PER_RUNG = 'one ffmpeg a rung'

/** CPU, wall and memory of the pipeline over ffmpeg commands that make the same ladder from the same film. */
export async function benchTranscode(
  say: (line: string) => void,
  argument: string | undefined,
): Promise<BenchReport> {
  const film = argument ? resolve(process.env.INIT_CWD ?? '.', argument) : await upscaledFilm(say)
  if (!existsSync(film)) throw new Error(`there is no film ${film}`)
  const wanted = await wantedOf(film)
  const found = figures()
  for (let run = 1; run <= RUNS; run++) {
    for (const [subject, commandsIn] of subjects(film, wanted)) {
      const cost = await inFolder((folder) => costOf(commandsIn(folder)))
      say(
        `run ${run}/${RUNS} ${subject}: ${cost.cpuSeconds.toFixed(1)} s CPU, ${cost.wallSeconds.toFixed(1)} s`,
      )
      record(found, subject, cost)
    }
  }
  const over = (subject: string, what: string) =>
    rounded(found.median(PIPELINE, what) / found.median(subject, what))
  return {
    name: 'transcode',
    machine: thisMachine(),
    runs: RUNS,
    results: found.results(),
    ratios: {
      cpuOverSingleCommand: over(SINGLE, 'CPU'),
      cpuOverPerRung: over(PER_RUNG, 'CPU'),
      wallOverSingleCommand: over(SINGLE, 'wall'),
      ...ladderAlone(found),
    },
    notes: [
      `${argument ? basename(film) : 'The film is Megamind.avi of opencv-doc five times over, upscaled to 1080p: not a real 1080p film.'}`,
      `Rungs: ${wanted.rungs.map(({ rung }) => rung.name).join(', ')}.`,
      'The pipeline also probes, packages, and makes poster and storyboard; the commands do not.',
    ],
  }
}

/** Video and audio units without probe, stills and this benchmark's own process, where the system tells them apart. */
function ladderAlone(found: ReturnType<typeof figures>): Record<string, number> {
  const parts = found.results().filter((r) => ['CPU of video', 'CPU of audio'].includes(r.case))
  const cpu = parts.reduce((sum, part) => sum + part.median, 0)
  return parts.length === 0 ? {} : { ladderCpuOverSingleCommand: rounded(cpu / found.median(SINGLE, 'CPU')) }
}

type Commands = (folder: string) => readonly (readonly string[])[]

function subjects(film: string, wanted: Wanted): readonly (readonly [string, Commands])[] {
  const pipeline = join(ROOT, 'scripts/bench/pipeline-run.ts')
  return [
    [PIPELINE, (folder) => [[process.execPath, pipeline, film, folder]]],
    [SINGLE, (folder) => [singleCommand(film, folder, wanted)]],
    [PER_RUNG, (folder) => commandPerRung(film, folder, wanted)],
  ]
}

function record(found: ReturnType<typeof figures>, subject: string, cost: Cost): void {
  found.add(subject, 'CPU', 's', cost.cpuSeconds)
  found.add(subject, 'wall', 's', cost.wallSeconds)
  if (cost.peakMegabytes !== undefined) found.add(subject, 'peak memory', 'MB', cost.peakMegabytes)
  if (subject !== PIPELINE) return
  for (const [kind, seconds] of Object.entries(JSON.parse(cost.stdout) as Record<string, number>)) {
    found.add(subject, `CPU of ${kind}`, 's', seconds)
  }
}

/** The plan that the pipeline will make. */
async function wantedOf(film: string): Promise<Wanted> {
  return inFolder(async (folder) => {
    const media = openMedia({ engine: await findEngine({}), scratchFolder: folder })
    const watch = { signal: new AbortController().signal, progress: () => undefined }
    const found = await media.probe(pathToFileURL(film).href, watch)
    if ('refused' in found) throw new Error(`the film is refused: ${JSON.stringify(found.refused)}`)
    return wantedBy(planFilm(found.report))
  })
}

async function inFolder<T>(body: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'skyreel-bench-'))
  try {
    return await body(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function upscaledFilm(say: (line: string) => void): Promise<string> {
  say('making the film (once) ...')
  const small = await opencvFilm('Megamind.avi')
  return madeFilm('megamind-five-times-1080p.mp4', [
    ...['-stream_loop', '4', '-i', small, '-f', 'lavfi', '-i', 'sine=frequency=330:sample_rate=48000'],
    ...['-map', '0:v:0', '-map', '1:a:0', '-shortest', '-vf', 'scale=1920:1080:flags=lanczos,setsar=1'],
    ...[
      '-c:v',
      'libx264',
      '-preset',
      'veryfast',
      '-crf',
      '16',
      '-pix_fmt',
      'yuv420p',
      '-ac',
      '2',
      '-c:a',
      'aac',
    ],
  ])
}
