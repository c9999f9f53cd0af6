// One film through the media port as the platform's worker drives it, in this process; `npm run bench -- transcode`
// measures it from outside. Prints the CPU seconds of each kind of unit where the system tells them.
import { createWriteStream, existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { pathToFileURL } from 'node:url'
import { findEngine } from '../../adapters/ffmpeg/engine.ts'
import { openMedia } from '../../adapters/ffmpeg/media.ts'
import type { Media, Sink, SourceReport } from '../../core/ports/media.ts'
import { planFilm } from '../../core/transcode/plan.ts'
import type { UnitSpec } from '../../core/transcode/unit.ts'

const [film = '', folder = ''] = process.argv.slice(2)
const source = pathToFileURL(film).href
const watch = { signal: new AbortController().signal, progress: () => undefined }
const media = openMedia({ engine: await findEngine({}), scratchFolder: join(folder, 'scratch') })
const cpu: Record<string, number> = {}

const found = await spent('probe', () => media.probe(source, watch))
if ('refused' in found) throw new Error(`refused: ${JSON.stringify(found.refused)}`)
const units = planFilm(found.report).sort((a, b) => a.priority - b.priority)
for (const { spec } of units) await spent(spec.kind, () => perform(media, spec, found.report))
console.log(JSON.stringify(cpu))

async function perform(port: Media, spec: UnitSpec, report: SourceReport): Promise<void> {
  const planned = { source, report }
  if (spec.kind === 'video') await port.video({ ...spec, ...planned }, store, watch)
  else if (spec.kind === 'audio') await port.audio({ ...spec, ...planned }, store, watch)
  else if (spec.kind === 'stills') await port.stills({ ...spec, ...planned, preview }, store, watch)
}

/** The lowest quality, stored by now, as the worker reads it back for the storyboard (core/transcode/preview.ts). */
async function* preview(): AsyncGenerator<Uint8Array> {
  const lowest = units.flatMap(({ spec }) => (spec.kind === 'video' ? spec.rungs : []))[0]
  const track = join(folder, 'out', lowest?.name ?? '')
  const segments = readdirSync(track).filter((name) => name.endsWith('.m4s'))
  const inOrder = segments.sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10))
  for (const name of ['init.mp4', ...inOrder]) yield readFileSync(join(track, name))
}

/** What the file system store does with a finished file. */
async function store(file: Parameters<Sink>[0]): Promise<void> {
  const path = join(folder, 'out', file.name)
  await mkdir(dirname(path), { recursive: true })
  await pipeline(Readable.from(file.read()), createWriteStream(path))
}

async function spent<T>(kind: string, body: () => Promise<T>): Promise<T> {
  const from = cpuSeconds()
  const result = await body()
  if (from !== undefined) cpu[kind] = (cpu[kind] ?? 0) + (cpuSeconds() ?? 0) - from
  return result
}

/** Of this process and its children that have ended (proc(5)); Linux alone tells it. */
function cpuSeconds(): number | undefined {
  if (!existsSync('/proc/self/stat')) return undefined
  const stat = readFileSync('/proc/self/stat', 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / 100
}
