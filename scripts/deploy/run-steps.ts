import { resolve } from 'node:path'
import { checkAccount } from './account.ts'
import { brokenFiles, hashOfFolder, readBundles, releaseId } from './bundles.ts'
import type { Deployment } from './deployment.ts'
import { type JournalEntry, journalFor, withEntry } from './journal.ts'
import { Refused } from './shell.ts'
import { STEP_NAMES, type Step, type StepName } from './step.ts'
import type { View } from './view.ts'

export interface StepReport {
  readonly step: StepName
  readonly outcome: 'done' | 'done before' | 'left out'
  readonly seconds: number
}

export interface Running {
  readonly deployment: Deployment
  readonly steps: readonly Step[]
  readonly view: View
  readonly from: StepName | undefined
}

export interface Deployed {
  readonly release: string
  readonly steps: readonly StepReport[]
}

/**
 * Runs the steps that are not done yet. What the journal has as done is not repeated where the release is the same; another
 * release begins anew. Throws what the failed step threw; the journal then knows where to go on.
 */
export async function runSteps(running: Running): Promise<Deployed> {
  const { deployment, steps } = running
  const { journal } = deployment.options
  const reports: StepReport[] = []
  let release = ''
  // `--from` leaves the checks out, and never this one: the wrong account would be changed.
  if (running.from !== undefined) await checkAccount(deployment)
  for (const step of steps) {
    if (release === '' && step.name !== 'checks' && step.name !== 'build')
      release = await beginRelease(running)
    reports.push(await oneStep(running, step))
  }
  await journal.change((before) => ({ ...before, finished: true }))
  return { release, steps: reports }
}

/** The release is known once it is built: bundles and stack, and what goes out beside them. */
async function beginRelease({ deployment }: Running): Promise<string> {
  const { ground, place, options } = deployment
  const dist = resolve(ground.root, ground.dist)
  const bundles = await readBundles(dist, place.cloud)
  const stack = await deployment.stackJson().catch(() => undefined)
  if (bundles === undefined || stack === undefined || (await brokenFiles(dist, bundles)).length > 0)
    throw new Refused(
      'there is nothing built to go on with',
      'Start again without --from, or with --from build.',
    )
  const beside = [hashOfFolder(dist, 'web'), hashOfFolder(ground.root, 'core/database/migrations')]
  const release = releaseId(bundles, stack, (await Promise.all(beside)).join(' '))
  await options.journal.change((before) => journalFor(before, release, ground.now()))
  return release
}

async function oneStep(running: Running, step: Step): Promise<StepReport> {
  const { view } = running
  view.begin(step.name, step.says)
  const skipped = await whySkipped(running, step)
  if (skipped === undefined) return timedStep(running, step)
  view.end(skipped, 0)
  return { step: step.name, outcome: skipped, seconds: 0 }
}

async function whySkipped({ deployment, from }: Running, { name, always }: Step) {
  if (from !== undefined) {
    const order = STEP_NAMES.indexOf(name) - STEP_NAMES.indexOf(from)
    return order < 0 ? ('left out' as const) : undefined
  }
  if (always) return undefined
  const { entries } = await deployment.options.journal.read()
  const done = entries.some(({ step, state }) => step === name && state === 'done')
  return done ? ('done before' as const) : undefined
}

async function timedStep({ deployment, view }: Running, step: Step): Promise<StepReport> {
  const begun = performance.now()
  const seconds = () => Math.round((performance.now() - begun) / 100) / 10
  await note(deployment, { step: step.name, state: 'begun', seconds: 0 })
  try {
    await step.run(deployment)
  } catch (error) {
    view.end('FAIL', seconds())
    const because = error instanceof Error ? error.message : String(error)
    await note(deployment, { step: step.name, state: 'failed', seconds: seconds(), because })
    throw error
  }
  view.end('ok', seconds())
  await note(deployment, { step: step.name, state: 'done', seconds: seconds() })
  return { step: step.name, outcome: 'done', seconds: seconds() }
}

const note = ({ options, ground }: Deployment, entry: JournalEntry) =>
  options.journal.change((before) => withEntry(before, entry, ground.now()))
