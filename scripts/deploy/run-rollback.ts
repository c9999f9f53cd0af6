import type { Canary } from './column.ts'
import type { Deployment } from './deployment.ts'
import { failureText, told } from './failure.ts'
import type { Ground } from './ground.ts'
import { openDeployment } from './open-deployment.ts'
import { openView } from './view.ts'
import { helped, parsed, placeNamed } from './wish.ts'

const HELP = `npm run rollback -- <aws|gcp|azure> <dev|staging|prod> [--preview <branch>]

Sends all requests back to the release that served before, function by function; given again, it goes forth again.
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
  await hands.run(terraform.synth())
  const { canary } = await deployment.appliedColumn()
  const names = Object.keys((await deployment.outputs()).functions).sort()
  let failed = 0
  // The others are not left on the bad release because of one.
  for (const name of names)
    await takeBack(deployment, canary, name).catch((error: unknown) => {
      failed++
      hands.tell(`${name} is NOT back: ${told(error, deployment).message}`)
    })
  hands.tell(
    'the database keeps its schema: the older release understands it, until a later one contracts it',
  )
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
  if (serving === undefined || previous === undefined || previous === serving)
    return hands.tell(`${name} stays: no release served before ${serving ?? 'this one'}`)
  await hands.runAll(canary.route(name, { from: serving, to: previous, percent: 100 }))
  await hands.runAll(canary.remember(name, serving))
  hands.tell(`${name}: ${serving} -> ${previous}`)
}
