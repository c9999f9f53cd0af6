import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** What the offline stack is like, and how its cloud behaves. A test changes it between two deployments. */
export interface OfflineWorld {
  readonly origin: string
  /** Of the code: a new one is a new release. */
  readonly version: string
  /** Whether the stack holds films. */
  readonly films: boolean
  /** Seconds that the apply of this version takes. */
  readonly slowSeconds: number
  /** In place of the minutes of a step. */
  readonly canarySeconds: number
  /** The command of the cloud, or the work of the database, that fails. */
  readonly fails: string
  readonly account: string
  readonly health: { readonly requests: number; readonly errors: number; readonly p95Ms: number }
  /** Fields of the config that count as examples. */
  readonly examples: readonly string[]
  readonly now: string
}

export const FAIR: OfflineWorld = {
  origin: '',
  version: '1',
  films: true,
  slowSeconds: 0,
  canarySeconds: 0,
  fails: '',
  account: 'account-1',
  health: { requests: 1000, errors: 1, p95Ms: 80 },
  examples: [],
  now: '2026-11-21T12:00:00.000Z',
}

/** What the stand-in of a cloud remembers. */
export interface OfflineCloud {
  readonly serving?: string
  readonly previous?: string
  readonly halfway?: string | undefined
  readonly bucket?: boolean
  readonly images: readonly string[]
  readonly secrets: Readonly<Record<string, string>>
  /** Commands in the order of their calls. */
  readonly calls: readonly string[]
}

const EMPTY: OfflineCloud = { images: [], secrets: {}, calls: [] }

export const homeOf = (env: NodeJS.ProcessEnv): string => env.SKYREEL_OFFLINE_HOME ?? ''

export async function readWorld(home: string): Promise<OfflineWorld> {
  return JSON.parse(await readFile(join(home, 'world.json'), 'utf8')) as OfflineWorld
}

export async function writeWorld(home: string, world: OfflineWorld): Promise<void> {
  await writeFile(join(home, 'world.json'), JSON.stringify(world))
}

export async function readCloud(home: string): Promise<OfflineCloud> {
  const text = await readFile(join(home, 'cloud.json'), 'utf8').catch(() => JSON.stringify(EMPTY))
  return JSON.parse(text) as OfflineCloud
}

export async function writeCloud(home: string, cloud: OfflineCloud): Promise<void> {
  await writeFile(join(home, 'cloud.json'), JSON.stringify(cloud))
}
