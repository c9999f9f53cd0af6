import type { VideoOutput, VideoTask } from '../../../core/ports/media.ts'
import { makeVideo } from '../make-video.ts'
import { benchIn, openFolder, Shelf, unwatched } from './tasks.ts'

export interface Made extends AsyncDisposable {
  readonly folder: string
  readonly shelf: Shelf
  readonly outputs: readonly VideoOutput[]
}

/** Does tasks one after another and keeps their files; the folder is for what a test writes of them. */
export async function make(tasks: readonly VideoTask[]): Promise<Made> {
  await using owned = new AsyncDisposableStack()
  const folder = owned.use(await openFolder())
  const shelf = new Shelf()
  const outputs: VideoOutput[] = []
  for (const task of tasks) {
    await using scratch = await openFolder()
    outputs.push(await makeVideo(benchIn(scratch.path), task, shelf.sink, unwatched()))
  }
  const kept = owned.move()
  return { folder: folder.path, shelf, outputs, [Symbol.asyncDispose]: () => kept.disposeAsync() }
}
