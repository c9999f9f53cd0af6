import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Place } from '../shared/place.ts'
import { adviceAfter } from './advice.ts'
import { ASKS_THE_CLOUD, checkReady, NEEDS_TERRAFORM } from './checks.ts'
import { knownStacks } from './known-stacks.ts'
import { environmentFor } from './terraform.ts'
import { readWords, type Words } from './words.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const PROGRAM = 'cdktn-cli/bundle/bin/cdktn.js'

/** Errors whose message says what to do. */
const TOLD = new Set(['NotReady', 'UnknownStack', 'WrongConfig'])

/** Makes ready what the command needs, and hands over to the program in this same process. */
export async function run(process: NodeJS.Process): Promise<void> {
  const words = readWords(process.argv.slice(2))
  for (const [name, value] of Object.entries(environmentFor(process.env)))
    if (value === undefined) delete process.env[name]
    else process.env[name] = value
  try {
    if (isOurs(process, words)) await makeReady(process, words)
  } catch (error) {
    if (!(error instanceof Error) || !TOLD.has(error.name)) throw error
    console.error(`skyreel: ${error.message}`)
    process.exitCode = 1
    return
  }
  process.argv.splice(2, Infinity, ...words.passed)
  createRequire(import.meta.url)(PROGRAM)
}

/** Another app, or a project of its own below this folder, has stacks that we know nothing of. */
function isOurs(process: NodeJS.Process, { command, ownApp, help }: Words): boolean {
  if (command === undefined || ownApp || help || process.env.CDKTF_APP) return false
  const here = relative(ROOT, process.cwd())
  if (here === '') return true
  if (here.startsWith('..') || existsSync('cdktf.json')) return false
  process.chdir(ROOT)
  return true
}

async function makeReady(process: NodeJS.Process, { command, stacks }: Words): Promise<void> {
  if (command === undefined || stacks.length === 0) return
  const { wantedPlaces } = await import('../shared/wanted-stacks.ts')
  const places = knownStacks(stacks, wantedPlaces({ SKYREEL_PREVIEW: process.env.SKYREEL_PREVIEW }))
  checkReady(command, places, process.env)
  process.env.SKYREEL_STACKS = places.map(({ stackId }) => stackId).join(',')
  if (ASKS_THE_CLOUD.has(command)) await buildMissing(places)
  const [first] = places
  if (first !== undefined && NEEDS_TERRAFORM.has(command))
    adviseOnFailure(process, adviceAfter(command, first))
}

function adviseOnFailure(process: NodeJS.Process, advice: string): void {
  process.once('exit', (status) => status !== 0 && console.error(`skyreel: ${advice}`))
  // The program tells its failures, and then throws them as well: a second trace would hide what is said here.
  process.once('uncaughtException', ({ message }) => {
    console.error(message)
    process.exit(1)
  })
}

/** Bundles are read when Terraform plans, so only then must they be there. */
async function buildMissing(places: readonly Place[]): Promise<void> {
  const { loadManifests } = await import('../shared/manifests.ts')
  const { planOf } = await import('../shared/plan.ts')
  const { buildBundles } = await import('./build-bundles.ts')
  const plan = planOf(await loadManifests())
  const clouds = places.map(({ cloud }) => cloud)
  buildBundles(clouds, {
    dist: join(ROOT, 'dist'),
    plan,
    build,
    say: (line) => console.error(`skyreel: ${line}`),
  })
}

function build(options: readonly string[]): number | null {
  const script = join(ROOT, 'scripts/build.ts')
  return spawnSync(process.execPath, [script, ...options], { stdio: ['ignore', 2, 2] }).status
}
