import { createServer } from 'node:net'
import type { Log } from '../core/run/log.ts'
import { getTools, type MissingTool } from './media-tools.ts'
import { PAGES, WrongSetting } from './settings.ts'

export interface Platform {
  readonly origin: string
  stop(): Promise<void>
}

export interface BringUp {
  readonly home: string
  /** 0 for any free one. */
  readonly port: number
  readonly databaseUrl?: string
  readonly log: Log
  /** Hears what takes longer than a moment. */
  readonly say: (line: string) => void
}

/** Gets ffmpeg, builds the pages and starts the platform: database, migrations, API, worker. Answers when it serves. */
export async function bringUp({ say, ...options }: BringUp): Promise<Platform> {
  // Side by side: each of them waits for another thing (disk, module loading, apt).
  const [entry, missing] = await Promise.all([
    import('../functions/entry/local.ts'),
    getTools(['ffmpeg'], say),
    preparePages(options.log, say),
  ])
  for (const tool of missing) say(describeMissing(tool))
  return entry.startPlatform({ ...options, pagesFolder: PAGES, seedPlans: true })
}

/** Builds the pages where their sources have changed. */
export async function preparePages(log: Log, say: (line: string) => void): Promise<void> {
  const { buildPages } = await import('../functions/web/build.ts')
  const slow = setTimeout(() => say('building the pages ...'), 300)
  try {
    await buildPages({ outFolder: PAGES, log })
  } finally {
    clearTimeout(slow)
  }
}

function describeMissing({ because, command }: MissingTool): string {
  return [
    `ffmpeg is not installed, and could not be: ${because}.`,
    '  Going on with the WebAssembly build of ffmpeg: the same films, several times slower.',
    `  For full speed: ${command}`,
  ].join('\n')
}

/** Throws `WrongSetting` with what to do where the port cannot be listened on. */
export async function checkPort(port: number): Promise<void> {
  if (port === 0) return
  const failure = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
    const probe = createServer()
    probe.once('error', resolve)
    probe.listen(port, () => probe.close(() => resolve(undefined)))
  })
  if (failure === undefined) return
  const other = port === 65_535 ? 8081 : port + 1
  if (failure.code === 'EADDRINUSE')
    throw new WrongSetting(
      `Port ${port} is in use, perhaps by another Skyreel. Stop that, or choose another: PORT=${other} npm start`,
    )
  if (failure.code === 'EACCES')
    throw new WrongSetting(
      `This user may not listen on port ${port}. Choose one from 1024: PORT=8080 npm start`,
    )
  throw new WrongSetting(`Port ${port} cannot be listened on: ${failure.message}`)
}
