import { checkAccount } from './account.ts'
import type { Move } from './canary-moves.ts'
import type { Canary } from './column.ts'
import type { Deployment } from './deployment.ts'
import { failureText, told } from './failure.ts'
import type { Ground } from './ground.ts'
import { openDeployment } from './open-deployment.ts'
import { openView } from './view.ts'
import { helped, parsed, placeNamed } from './wish.ts'

const HELP = `npm run rollback -- <aws|gcp|azure> <dev|staging|prod> [--preview <branch>]

Sends all requests back to the release that served before, function by function; given again, it goes forth again.
Where a canary was stopped in the middle, it ends that first: the release that served gets all requests.
It cannot take back: the schema of the database, which the older release understands (expand, then contract); and functions
whose requests cannot be split, which are named: check out the older commit and deploy it. Ends with 0 when all are back.
`

/** `npm run rollback`: answers the status of the process. */
export async function runRollback(
  words: readonly string[],
  ground: Ground,
  signal: AbortSignal,
): Promise<number> {
  const { values, positionals } = parsed(words, OPTIONS, HELP)
  if (values.help) return helped(ground, HELP)
  const place = placeNamed(positionals, values.preview, HELP)
  const view = openView({ out: ground.out, count: 1, now: () => performance.now() })
  const deployment = await openDeployment({ place, ground, signal, view })
  try {
    return await rollback(deployment)
  } catch (error) {
    ground.out.write(failureText(error, deployment))
    return 1
  } finally {
    view.close()
  }
}

const OPTIONS = {
  help: { type: 'boolean', short: 'h', default: false },
  preview: { type: 'string' },
} as const

async function rollback(deployment: Deployment): Promise<number> {
  const { hands, terraform } = deployment
  await checkAccount(deployment)
  await hands.run(terraform.synth())
  const { canary } = await deployment.appliedColumn()
  const names = Object.keys((await deployment.outputs()).functions).sort()
  const halfway: Move[] = []
  const unseen = await each(deployment, names, async (name) => {
    halfway.push(...(await stoppedCanary(deployment, canary, name)))
  })
  if (unseen > 0) return 1
  if (halfway.length > 0) return endCanary(deployment, canary, halfway)
  const failed = await each(deployment, names, (name) => takeBack(deployment, canary, name))
  hands.tell(
    'the database keeps its schema: the older release understands it, until a later one contracts it',
  )
  return failed === 0 ? 0 : 1
}

/** How many failed. The others are not left on the bad release because of one. */
async function each(
  deployment: Deployment,
  names: readonly string[],
  work: (name: string) => Promise<void>,
): Promise<number> {
  let failed = 0
  for (const name of names)
    await work(name).catch((error: unknown) => {
      failed++
      deployment.hands.tell(`${name} is NOT back: ${told(error, deployment).message}`)
    })
  return failed
}

async function stoppedCanary({ hands }: Deployment, canary: Canary, name: string): Promise<readonly Move[]> {
  if (canary.unweighted(name) !== undefined) return []
  const from = await hands.ask(canary.serving(name), undefined)
  const to = await hands.ask(canary.halfway(name), undefined)
  return from === undefined || to === undefined ? [] : [{ name, from, to }]
}

/** To the release that serves, not the one before it: what is bad is the release that was being tried. */
async function endCanary(deployment: Deployment, canary: Canary, halfway: readonly Move[]): Promise<number> {
  const { hands } = deployment
  const moves = new Map(halfway.map((move) => [move.name, move]))
  const failed = await each(deployment, [...moves.keys()], async (name) => {
    const { from = '', to = '' } = moves.get(name) ?? {}
    await hands.runAll(canary.route(name, { from, to, percent: 0 }))
    hands.tell(`${name}: ${to} is taken back, ${from} serves`)
  })
  hands.tell('a canary that was stopped is ended; given again, this goes back to the release before it')
  return failed === 0 ? 0 : 1
}

async function takeBack({ hands, place }: Deployment, canary: Canary, name: string): Promise<void> {
  const because = canary.unweighted(name)
  if (because !== undefined)
    return hands.tell(
      `${name} stays (${because}): check out the older commit, then npm run deploy -- ${place.cloud} ${place.environment.name}`,
    )
  const serving = await hands.ask(canary.serving(name), undefined)
  const previous = await hands.ask(canary.previous(name), undefined)
  if (serving === undefined || previous === undefined)
    return hands.tell(`${name} stays: no release served before ${serving ?? 'this one'}`)
  if (previous === serving) return hands.tell(`${name} stays: ${serving} served before as well`)
  await hands.runAll(canary.route(name, { from: serving, to: previous, percent: 100 }))
  await hands.runAll(canary.remember(name, serving))
  hands.tell(`${name}: ${serving} -> ${previous}`)
}
