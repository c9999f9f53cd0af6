import { CLOUDS, type Cloud } from '../../cdktf/shared/environment.ts'
import { type Place, placeOf } from '../../cdktf/shared/place.ts'
import { CONFIG } from '../../cdktf/shared/wanted-stacks.ts'
import { table } from '../terminal.ts'
import { checkAccount, checkVariables } from './account.ts'
import { destroyStack, planDestruction } from './destroy-stack.ts'
import { told } from './failure.ts'
import type { Ground } from './ground.ts'
import { openDeployment } from './open-deployment.ts'
import { type FoundPreview, findPreview, isOver, previewPlaces } from './previews-found.ts'
import { Refused } from './shell.ts'
import { openView, type View } from './view.ts'
import { helped, known, parsed } from './wish.ts'

const HELP = `npm run previews -- <list|sweep> [aws|gcp|azure ...] [--dry-run]

list    the previews beside dev and when they end; of all three clouds where none is named
sweep   destroys those past their time, and those whose state tells none; --dry-run says which

The time stands in the state of each (npm run deploy -- <cloud> dev --preview <branch> --ttl <hours>), so that any machine
with the account's credentials can sweep. Ends with 1 where a cloud could not be asked or a preview not be destroyed.
`

const VERBS = ['list', 'sweep'] as const

interface Sweeping {
  readonly ground: Ground
  readonly signal: AbortSignal
  readonly view: View
}

/** `npm run previews`: answers the status of the process. */
export async function runPreviews(
  words: readonly string[],
  ground: Ground,
  signal: AbortSignal,
): Promise<number> {
  const { values, positionals } = parsed(words, OPTIONS, HELP)
  if (values.help) return helped(ground, HELP)
  const [word, ...cloudWords] = positionals
  if (word === undefined) throw new Refused(HELP.trim())
  const verb = known(VERBS, word, 'verb')
  const clouds = cloudWords.length === 0 ? CLOUDS : cloudWords.map((cloud) => known(CLOUDS, cloud, 'cloud'))
  const view = openView({ out: ground.out, count: clouds.length, now: () => performance.now() })
  const sweeping = { ground, signal, view }
  let failed = 0
  for (const cloud of clouds)
    failed += await oneCloud(sweeping, cloud, verb === 'sweep' && !values['dry-run'])
  view.close()
  return failed === 0 ? 0 : 1
}

const OPTIONS = {
  help: { type: 'boolean', short: 'h', default: false },
  'dry-run': { type: 'boolean', default: false },
} as const

/** How many things went wrong. One cloud without credentials does not keep the others from being swept. */
async function oneCloud(sweeping: Sweeping, cloud: Cloud, sweeps: boolean): Promise<number> {
  const { ground, view } = sweeping
  const home = placeOf(cloud, CONFIG.dev)
  const places = await guarded(sweeping, home, async (deployment) => {
    if (sweeps) checkVariables(deployment)
    await checkAccount(deployment)
    return previewPlaces(deployment)
  })
  if (places === undefined) return 1
  const found: (FoundPreview | undefined)[] = []
  for (const place of places) found.push(await guarded(sweeping, place, findPreview))
  const previews = found.filter((one) => one !== undefined)
  const unread = found.length - previews.length
  const now = ground.now()
  const rows = previews.map((preview) => [
    preview.place.stackId,
    whenOf(preview),
    isOver(preview, now) ? 'over' : '',
  ])
  view.tell(rows.length === 0 ? `${cloud}: no preview` : table(['preview', 'ends', ''], rows))
  if (!sweeps) return unread
  const over = previews.filter((preview) => isOver(preview, now))
  return unread + (await sweepAll(sweeping, over))
}

const whenOf = ({ expiresAt }: FoundPreview) => expiresAt?.toISOString() ?? 'not told'

async function sweepAll(sweeping: Sweeping, previews: readonly FoundPreview[]): Promise<number> {
  let failed = 0
  for (const { place } of previews) {
    const done = await guarded(sweeping, place, async (deployment) => {
      await planDestruction(deployment)
      await destroyStack(deployment)
      deployment.hands.tell(`${place.stackId} is destroyed`)
      return true
    })
    if (done === undefined) failed++
  }
  return failed
}

type Work<T> = (deployment: Awaited<ReturnType<typeof openDeployment>>) => Promise<T>

async function guarded<T>(sweeping: Sweeping, place: Place, work: Work<T>): Promise<T | undefined> {
  const deployment = await openDeployment({ ...sweeping, place })
  try {
    return await work(deployment)
  } catch (error) {
    const { message, next } = told(error, deployment)
    sweeping.view.tell(`${place.stackId}: ${message}\n${next}`)
    return undefined
  }
}
