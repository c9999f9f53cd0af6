import { ENVIRONMENTS } from '../cdktf/shared/environment.ts'
import { loadManifests } from '../cdktf/shared/manifests.ts'
import { planOf } from '../cdktf/shared/plan.ts'
import { type Estimate, estimate, type Idle, idle, stacksOf } from './cost/estimate.ts'
import { total } from './cost/price.ts'
import { PRICES_OF } from './cost/prices.ts'
import { printEstimate, printGrounds, printIdle } from './cost/print.ts'
import { synthesize } from './cost/synth-stacks.ts'
import { type CostWish, MEASURED_CPU_MINUTES, readWish } from './cost/wish.ts'
import { explain } from './terminal.ts'

const HELP = `npm run cost -- [--requests N] [--minutes M] [--viewers V]

What a month costs on each cloud, line by line, and what each stack costs while nobody uses it.

  --requests N     requests of the API in the month (0)
  --minutes M      minutes of film uploaded and transcoded in the month (0)
  --viewers V      people who watch in the month, not at one time (0); each of them watches --watched minutes
  --watched N      minutes that one viewer watches in the month (60)
  --mbps X         what they watch, in megabits a second (3)
  --kept N         minutes of film in the store (as many as --minutes)
  --cpu-minutes X  processor minutes for a minute of film (${MEASURED_CPU_MINUTES}, measured on 1080p; npm run bench -- transcode)
  --cloud C        aws, gcp or azure alone
  --env E          dev, staging or prod (prod): whose stack is counted
  --free-tier      takes off what is free for ever
  --json           all of it for a program
`

async function main(words: readonly string[]): Promise<void> {
  const wish = readWish(words)
  if (wish.help) return console.log(HELP)
  const places = stacksOf(wish, ENVIRONMENTS)
  const stacks = await synthesize(places.map(({ id }) => id))
  const given = { plan: planOf(await loadManifests()), stacks, freeTier: wish.freeTier }
  const { environment, traffic } = wish
  const estimates = wish.clouds.map((cloud) => estimate(given, { cloud, environment, traffic }))
  const atRest = places.map(({ cloud, id }) => idle(given, { cloud, stack: id, traffic }))
  console.log(wish.json ? asJson(wish, estimates, atRest) : asText(wish, estimates, atRest))
}

const asText = (wish: CostWish, estimates: readonly Estimate[], atRest: readonly Idle[]) =>
  [...estimates.map((one) => printEstimate(one, wish)), printIdle(atRest), printGrounds(wish)].join('\n\n')

function asJson(
  { help: _, json: __, ...wish }: CostWish,
  estimates: readonly Estimate[],
  atRest: readonly Idle[],
) {
  return JSON.stringify({
    ...{ name: 'cost', pricesOf: PRICES_OF, ...wish },
    estimates: estimates.map((one) => ({ ...one, usd: total(one.lines) })),
    idle: atRest.map((one) => ({ ...one, usd: total(one.lines), databaseUsd: total(one.database) })),
  })
}

await main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(
    `skyreel: ${error instanceof Error && error.name === 'WrongWish' ? error.message : explain(error)}`,
  )
  process.exitCode = 1
})
