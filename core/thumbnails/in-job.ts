import type { SourceReport, Watch } from '../ports/media.ts'
import type { Ports } from '../ports/ports.ts'
import type { Context } from '../run/context.ts'
import type { Work } from '../transcode/unit-store.ts'
import { filmWithoutPictures, type WantingFilm } from './film.ts'
import { planEarlyStills } from './plan.ts'
import { publishEarly } from './publish.ts'
import { openShelf } from './shelf.ts'

const SOURCE_URL_HOURS = 1

/** The job for what was too much for the function: the same pictures by the media tools of the container. */
export async function makePicturesInJob(work: Work, ports: Ports, ctx: Context): Promise<void> {
  const film = await filmWithoutPictures(ports.db, work)
  if (!film) return ctx.log.info('the film has pictures already, or wants none', { video: work.videoId })
  const watch = { signal: ctx.signal, progress: () => undefined }
  const expiresAt = new Date(ports.clock.now().getTime() + SOURCE_URL_HOURS * 3_600_000)
  const source = await ports.storage.readUrl('uploads', film.sourceKey, expiresAt)
  const report = await reportOf(film, source, { ports, watch })
  if (!report?.video) return ctx.log.info('the film has no picture', { video: work.videoId })
  const shelf = openShelf(ports, work)
  const task = { source, report, ...planEarlyStills(report, report.video) }
  const stills = await ports.media.stills(task, shelf.sink, watch).catch(async (error: unknown) => {
    await shelf.clear()
    throw error
  })
  const shown = await publishEarly(ports, work, { shelf, stills, durationSeconds: report.durationSeconds })
  ctx.log.info(shown ? 'early pictures shown' : 'early pictures came too late', { video: work.videoId })
}

/** The transcode's probe may have been faster; a film that it refuses is refused by the transcode, and not here. */
async function reportOf(
  { report }: WantingFilm,
  source: string,
  { ports, watch }: { ports: Ports; watch: Watch },
): Promise<SourceReport | undefined> {
  if (report) return report
  const found = await ports.media.probe(source, watch)
  return 'report' in found ? found.report : undefined
}
