import { table } from '../terminal.ts'
import { DEPLOY_HELP, type DeployWish, readDeployWish } from './deploy-wish.ts'
import type { Deployment } from './deployment.ts'
import { failureText, told } from './failure.ts'
import type { Ground } from './ground.ts'
import { logPath } from './journal-paths.ts'
import { openDeployment, openDryDeployment } from './open-deployment.ts'
import { type Deployed, runSteps } from './run-steps.ts'
import { STEPS } from './steps/all-steps.ts'
import { openView, type View } from './view.ts'
import { helped } from './wish.ts'

/** `npm run deploy`: answers the status of the process. `signal` is aborted by Ctrl-C. */
export async function runDeploy(
  words: readonly string[],
  ground: Ground,
  signal: AbortSignal,
): Promise<number> {
  const wish = readDeployWish(words)
  if (wish === undefined) return helped(ground, DEPLOY_HELP)
  if (wish.dryRun) return dryRun(wish, ground, signal)
  const view = openView({ out: ground.out, count: STEPS.length, now: () => performance.now() })
  try {
    return await deploy(wish, quietlyAsking(ground, view), { view, signal })
  } finally {
    view.close()
  }
}

/** The progress line is drawn each second, and would write over the question. */
function quietlyAsking(ground: Ground, view: View): Ground {
  const { ask } = ground
  return ask === undefined ? ground : { ...ground, ask: (question) => view.asking(() => ask(question)) }
}

interface Watched {
  readonly view: View
  readonly signal: AbortSignal
}

async function deploy(wish: DeployWish, ground: Ground, { view, signal }: Watched): Promise<number> {
  const deployment = await openDeployment({ ...wish, ...expiry(wish, ground), ground, view, signal })
  try {
    const done = await runSteps({ deployment, steps: STEPS, view, from: wish.from })
    await summary(deployment, done, wish.json)
    return 0
  } catch (error) {
    explainFailure(error, { deployment, view, json: wish.json })
    return 1
  }
}

/** Of a preview only: others stay. */
function expiry({ place, ttlHours }: DeployWish, ground: Ground): { expiresAt?: string } {
  if (place.preview === '') return {}
  return { expiresAt: new Date(ground.now().getTime() + ttlHours * 3_600_000).toISOString() }
}

async function summary(deployment: Deployment, { release, steps }: Deployed, json: boolean): Promise<void> {
  const { place, ground, options } = deployment
  const { origin } = await deployment.outputs()
  const facts = { ok: true, stack: place.stackId, release, origin, expiresAt: options.expiresAt, steps }
  if (json) return ground.print(`${JSON.stringify(facts, null, 2)}\n`)
  const rows = steps.map(({ step, outcome, seconds }) => [step, outcome, seconds.toFixed(1)])
  const until = options.expiresAt === undefined ? '' : `, until ${options.expiresAt}`
  ground.print(
    `\n${table(['step', 'outcome', 'seconds'], rows)}\n\n${place.stackId} serves release ${release}: ${origin}${until}\n`,
  )
}

interface Failing {
  readonly deployment: Deployment
  readonly view: View
  readonly json: boolean
}

function explainFailure(error: unknown, { deployment, view, json }: Failing): void {
  const { place, ground } = deployment
  const { message, next } = told(error, deployment)
  const facts = { ok: false, stack: place.stackId, error: message, next, log: logPath(ground, place) }
  if (json) ground.print(`${JSON.stringify(facts, null, 2)}\n`)
  view.close()
  ground.out.write(`\n${failureText(error, deployment)}`)
}

/** Every step, in order, with every command. What a column cannot say before there is a cloud, it says why. */
async function dryRun(wish: DeployWish, ground: Ground, signal: AbortSignal): Promise<number> {
  const print = (line: string) => ground.print(`${line}\n`)
  const view = { tell: print, murmur: () => undefined }
  const deployment = await openDryDeployment(
    { ...wish, ...expiry(wish, ground), ground, view, signal },
    print,
  )
  print(`${wish.place.stackId}: what a deployment does. Nothing is done.`)
  for (const [at, step] of STEPS.entries()) {
    print(`\n${at + 1}. ${step.name}: ${step.says}`)
    await step.run(deployment)
  }
  return 0
}
