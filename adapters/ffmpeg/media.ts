import { availableParallelism } from 'node:os'
import type { Media, Watch } from '../../core/ports/media.ts'
import type { Bench } from './encode-video.ts'
import type { Engine } from './engine.ts'
import { makeAudio } from './make-audio.ts'
import { makeVideo } from './make-video.ts'
import { probeSource } from './probe.ts'
import { protectTrack } from './protect-track.ts'
import { withScratch } from './scratch.ts'
import { makeStills } from './stills.ts'

export interface MediaOptions {
  readonly engine: Engine
  /** Each task works in a fresh folder in here. Made when it is not there. */
  readonly scratchFolder: string
  /** Threads of one task, by default as many as there are processors. More of them cost CPU and save waiting. */
  readonly threads?: number
}

/** The media tools of one engine. The same container image runs in every cloud, so all columns share this file. */
export function openMedia({ engine, scratchFolder, threads = availableParallelism() }: MediaOptions): Media {
  const working = <T>(watch: Watch, work: (bench: Bench, watch: Watch) => Promise<T>): Promise<T> =>
    withScratch(scratchFolder, (scratch) => work({ engine, scratch, threads }, rising(watch)))
  return {
    probe: (source, watch) => probeSource(engine, source, watch),
    video: (task, sink, watch) => working(watch, (bench, seen) => makeVideo(bench, task, sink, seen)),
    audio: (task, sink, watch) => working(watch, (bench, seen) => makeAudio(bench, task, sink, seen)),
    protect: (task, sink, watch) =>
      working(watch, ({ scratch }, seen) => protectTrack(scratch, task, sink, seen)),
    stills: (task, sink, watch) =>
      working(watch, ({ scratch }, seen) => makeStills(engine, scratch, task, sink, seen)),
  }
}

/** Tells only of progress beyond the last told: tools begin anew for each of their steps. */
function rising({ signal, progress }: Watch): Watch {
  let told = -1
  return {
    signal,
    progress: (fraction) => {
      if (fraction <= told) return
      told = fraction
      progress(fraction)
    },
  }
}
