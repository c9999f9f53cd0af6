import { join } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { ARCH, missingBundles } from '../../cdktf/cli/bundles.ts'
import { examplesIn } from '../../cdktf/shared/examples.ts'
import { loadManifests } from '../../cdktf/shared/manifests.ts'
import type { Place } from '../../cdktf/shared/place.ts'
import { planOf } from '../../cdktf/shared/plan.ts'
import type { Log } from '../../core/run/log.ts'
import { PAGES, ROOT } from '../settings.ts'
import type { Command, OpenColumn } from './column.ts'
import type { Ground } from './ground.ts'
import { interruptibleSleep } from './interruptible-sleep.ts'
import { openNodeShell } from './node-shell.ts'
import { previewStates, removeState } from './preview-states.ts'
import { neonDatabase } from './real-database.ts'

/** Loaded one by one: a deployment to one cloud needs nothing of the others. */
const COLUMNS: Readonly<Record<Place['cloud'], () => Promise<OpenColumn>>> = {
  aws: async () => (await import('./columns/aws.ts')).openAwsColumn,
  gcp: async () => (await import('./columns/gcp.ts')).openGcpColumn,
  azure: async () => (await import('./columns/azure.ts')).openAzureColumn,
}

/** This machine, with the network and the clouds' tools. `out` is for progress: standard error where results are JSON. */
export function realGround(process: NodeJS.Process, out: NodeJS.WriteStream): Ground {
  const { env } = process
  return {
    ...{
      env,
      out,
      root: ROOT,
      dist: 'dist',
      outdir: 'dist/cdktf.out',
      checks: CHECKS,
      previewStates,
      removeState,
    },
    journals: join(ROOT, '.skyreel/deploy'),
    now: () => new Date(),
    sleep: interruptibleSleep,
    fetch: globalThis.fetch,
    openShell: openNodeShell,
    print: (text) => void process.stdout.write(text),
    ask: process.stdin.isTTY ? (question) => ask(process, question) : undefined,
    openColumn: ({ cloud }) => COLUMNS[cloud](),
    database: neonDatabase({ env, sleep: pause }),
    build: ({ cloud }) => [build(cloud)],
    missing: missingOf,
    buildPages,
    examples: (environment, { cloud }) => examplesIn(environment, cloud),
  }
}

const CHECKS: readonly Command[] = [
  { argv: ['npm', 'run', 'check'], says: 'check types, lint and the lock file' },
  { argv: ['npm', 'run', 'infra-check'], says: 'hold the stacks against the schemas of the providers' },
  { argv: ['npx', 'vitest', 'run', 'cdktf'], says: 'run the tests of the infrastructure' },
]

const build = (cloud: Place['cloud']): Command => ({
  argv: ['npm', 'run', 'build', '--', '--cloud', cloud, '--arch', ARCH[cloud]],
  says: `build the bundles for ${cloud}`,
})

const missingOf = async ({ cloud }: Place): Promise<readonly string[]> =>
  missingBundles(join(ROOT, 'dist'), cloud, planOf(await loadManifests()))

async function buildPages(): Promise<void> {
  const { buildPages } = await import('../../functions/web/build.ts')
  await buildPages({ outFolder: PAGES, log: SILENT })
}

const silence = () => undefined
const SILENT: Log = { debug: silence, info: silence, warn: silence, error: silence, with: () => SILENT }

async function ask({ stdin, stderr }: NodeJS.Process, question: string): Promise<string> {
  const lines = createInterface({ input: stdin, output: stderr })
  try {
    return await lines.question(question)
  } finally {
    lines.close()
  }
}
