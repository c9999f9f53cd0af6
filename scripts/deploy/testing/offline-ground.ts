import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../../settings.ts'
import type { DeployedDatabase } from '../deployed-database.ts'
import type { Ground } from '../ground.ts'
import { interruptibleSleep } from '../interruptible-sleep.ts'
import { openNodeShell } from '../node-shell.ts'
import { offline, openOfflineColumn } from './offline-column.ts'
import { homeOf, readWorld } from './offline-home.ts'

/** A folder in place of the clouds: real cdktf, real Terraform, real processes, and the network of this machine. */
export async function offlineGround(process: NodeJS.Process, out: NodeJS.WriteStream): Promise<Ground> {
  const home = homeOf(process.env)
  const world = await readWorld(home)
  const build = offline('build')
  return {
    ...{ env: process.env, out, root: ROOT, openShell: openNodeShell, fetch: globalThis.fetch },
    ...{ dist: join(home, 'dist'), outdir: join(home, 'out'), journals: journalsOf(process.env) },
    app: 'node scripts/deploy/testing/offline-app.ts',
    now: () => new Date(world.now),
    sleep: (_, signal) => interruptibleSleep(world.canarySeconds * 1000, signal),
    print: (text) => void process.stdout.write(text),
    ask: undefined,
    openColumn: async () => openOfflineColumn,
    database: offlineDatabase(home),
    checks: [offline('check')],
    build: () => [build],
    missing: async () => (existsSync(join(home, 'dist/aws/api.zip')) ? [] : ['dist/aws/api.zip']),
    buildPages: async () => undefined,
    examples: () => world.examples,
    dataTypes: new Set(['terraform_data']),
    previewStates: () => ({ command: offline('previews'), read: (stdout) => JSON.parse(stdout) }),
    removeState: ({ stackId }) => offline('remove-state', stackId),
  }
}

/** Two machines share the cloud and its states, not their journals. */
const journalsOf = (env: NodeJS.ProcessEnv) =>
  join(homeOf(env), `journals${env.SKYREEL_OFFLINE_MACHINE ? `-${env.SKYREEL_OFFLINE_MACHINE}` : ''}`)

function offlineDatabase(home: string): DeployedDatabase {
  const failing = async (work: string) => {
    if ((await readWorld(home)).fails === work) throw new Error(`${work} fails, as the test wants it`)
  }
  return {
    needs: {},
    commands: () => [],
    migrateCommands: () => [],
    newSecret: async (name) => `value of ${name}`,
    ensure: async ({ written }) => {
      await failing('ensure-database')
      const names = (['database-url', 'database-url-read'] as const).filter((name) => !written.has(name))
      return { ownerUrl: 'owner', urls: Object.fromEntries(names.map((name) => [name, `url of ${name}`])) }
    },
    async migrate() {
      await failing('migrate')
      return ['0001-first']
    },
    remove: () => failing('remove-database'),
  }
}
