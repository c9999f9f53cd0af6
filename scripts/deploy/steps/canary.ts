import { judge } from '../canary-judge.ts'
import { type Found, findMoves, type Move, routeAll } from '../canary-moves.ts'
import type { Canary } from '../column.ts'
import type { Deployment } from '../deployment.ts'
import { Interrupted, Refused } from '../shell.ts'
import type { Step } from '../step.ts'
import { smokeOnce } from './smoke.ts'

export const canary: Step = {
  name: 'canary',
  says: 'the requests, in steps, to the new release',
  async run(deployment) {
    const { canary } = await deployment.appliedColumn()
    const names = Object.keys((await deployment.outputs()).functions).sort()
    const { moves, staying } = await findMoves({ hands: deployment.hands, canary, names })
    if (moves.length === 0) return deployment.hands.tell('no function has a release that does not serve yet')
    await inSteps(deployment, canary, { moves, staying })
  },
}

async function inSteps(deployment: Deployment, canary: Canary, found: Found): Promise<void> {
  const { stepsPercent } = deployment.place.environment.canary
  const { moves } = found
  try {
    for (const percent of stepsPercent) await oneStep(deployment, { canary, moves, percent })
    await finish(deployment, canary, found)
  } catch (cause) {
    await takeBack(deployment, canary, moves, cause)
  }
}

interface CanaryStep {
  readonly canary: Canary
  readonly moves: readonly Move[]
  readonly percent: number
}

async function oneStep(deployment: Deployment, { canary, moves, percent }: CanaryStep): Promise<void> {
  const { hands, place, ground, options } = deployment
  const { minutesPerStep: minutes } = place.environment.canary
  await routeAll(hands, canary, moves, percent)
  const wait = () => ground.sleep(minutes * 60_000, options.signal)
  hands.tell(`${percent} % of the requests go to the new release`)
  await hands.act(`wait ${minutes} min`, wait, undefined)
  await smokeOnce(deployment)
  for (const { name, to } of moves) await checkHealth(deployment, canary, { name, release: to })
}

interface Observed {
  readonly name: string
  readonly release: string
}

const ASSUMED = { requests: 0, errors: 0, p95Ms: 0 }

async function checkHealth(
  deployment: Deployment,
  canary: Canary,
  { name, release }: Observed,
): Promise<void> {
  const { hands, place, ground } = deployment
  const { minutesPerStep: minutes } = place.environment.canary
  const health = await hands.ask(canary.health(name, { release, minutes, now: ground.now() }), ASSUMED)
  if (hands.dry) return
  const verdict = judge(health, place.environment.canary)
  hands.tell(`${name}: ${verdict.says}`)
  if (verdict.is === 'ill') throw new Refused(`the new release of ${name} is not well: ${verdict.says}`)
}

/** What served is remembered first: killed between the two, a rollback still finds it. */
async function finish({ hands }: Deployment, canary: Canary, { moves, staying }: Found): Promise<void> {
  for (const { name, release } of staying) await hands.runAll(canary.remember(name, release))
  for (const { name, from } of moves) await hands.runAll(canary.remember(name, from))
  await routeAll(hands, canary, moves, 100)
}

/** Whatever stopped the canary, Ctrl-C too: nobody may be left on a release that nobody judges. */
async function takeBack(
  { options: { lastHands } }: Deployment,
  canary: Canary,
  moves: readonly Move[],
  cause: unknown,
): Promise<never> {
  try {
    await routeAll(lastHands, canary, moves, 0)
  } catch (error) {
    throw new Refused(
      'the canary failed, and the new release could not be taken back: some requests still go to it',
      'npm run rollback tries that again.',
      { cause: new AggregateError([cause, error], `${messageOf(cause)}; then: ${messageOf(error)}`) },
    )
  }
  if (cause instanceof Interrupted) throw cause
  throw new Refused(
    `rolled back, all requests go to the release that served before: ${messageOf(cause)}`,
    'Mend the release and deploy again. The database keeps its new schema: the old release understands it.',
    { cause },
  )
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error))
