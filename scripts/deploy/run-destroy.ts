import { table } from '../terminal.ts'
import { checkAccount, checkVariables } from './account.ts'
import type { Deployment } from './deployment.ts'
import { destroyStack, planDestruction, refuseProtected } from './destroy-stack.ts'
import { failureText } from './failure.ts'
import type { Ground } from './ground.ts'
import { openDeployment } from './open-deployment.ts'
import { Refused } from './shell.ts'
import { openView } from './view.ts'
import { helped, parsed, placeNamed } from './wish.ts'

const HELP = `npm run destroy -- <aws|gcp|azure> <dev|staging|prod> [--preview <branch>] [--yes]

Destroys a stack and its database. Shows what goes, and asks for the name of the stack; --yes is enough for a preview only.
An environment with protectData is refused. The store of the state stays: other stacks lie in it.
`

/** `npm run destroy`: answers the status of the process. */
export async function runDestroy(
  words: readonly string[],
  ground: Ground,
  signal: AbortSignal,
): Promise<number> {
  const { values, positionals } = parsed(words, OPTIONS, HELP)
  if (values.help) return helped(ground, HELP)
  const place = placeNamed(positionals, values.preview, HELP)
  refuseProtected({ place })
  const view = openView({ out: ground.out, count: 1, now: () => performance.now() })
  const deployment = await openDeployment({ place, ground, signal, view })
  try {
    return await destroy(deployment, values.yes)
  } catch (error) {
    ground.out.write(failureText(error, deployment))
    return 1
  } finally {
    view.close()
  }
}

const OPTIONS = {
  help: { type: 'boolean', short: 'h', default: false },
  yes: { type: 'boolean', default: false },
  preview: { type: 'string' },
} as const

async function destroy(deployment: Deployment, yes: boolean): Promise<number> {
  const { hands, place, ground } = deployment
  checkVariables(deployment)
  await checkAccount(deployment)
  const changes = await planDestruction(deployment)
  hands.tell(
    changes.length === 0
      ? `nothing of ${place.stackId} is there`
      : table(
          ['goes', 'type'],
          changes.map(({ address, type }) => [address, type]),
        ),
  )
  if (!(yes && place.preview !== '')) await confirm(ground, place.stackId)
  await destroyStack(deployment)
  hands.tell(`${place.stackId} is destroyed`)
  return 0
}

async function confirm({ ask }: Ground, stackId: string): Promise<void> {
  if (ask === undefined)
    throw new Refused(`${stackId} is destroyed by a person at a terminal only`, 'A preview goes with --yes.')
  const answer = await ask(`Type ${stackId} to destroy it: `)
  if (answer.trim() !== stackId) throw new Refused('not destroyed', 'Nothing was changed.')
}
