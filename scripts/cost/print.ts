import { table } from '../terminal.ts'
import { ASSUMED } from './assumptions.ts'
import { type Estimate, IDLE_GOAL_USD, type Idle } from './estimate.ts'
import { type Line, total } from './price.ts'
import { PRICES_OF, REGIONS } from './prices.ts'
import type { CostWish } from './wish.ts'

const usd = (value: number) => value.toFixed(2)
/** Whole above a hundred: more figures would say that we know. */
const units = (value: number) =>
  (value >= 100 ? Math.round(value) : Number(value.toPrecision(3))).toLocaleString('en')

/** The estimate of a month on one cloud, line by line. */
export function printEstimate({ cloud, lines }: Estimate, { environment, freeTier }: CostWish): string {
  const rows = lines.map((line) => [
    line.what,
    units(line.units),
    line.price.unit,
    priceOf(line),
    usd(line.usd),
  ])
  const sum = ['in all', '', '', '', usd(total(lines))]
  const title = `${cloud}-${environment}, ${REGIONS[cloud]}, a month${freeTier ? ', free tiers taken off' : ''}`
  return `${title}\n\n${table(['what', 'quantity', 'unit', 'price', 'USD'], [...rows, sum])}`
}

const priceOf = ({ price }: Line) => {
  const per = price.per === 1 ? '' : ` per ${price.per.toLocaleString('en')}`
  return `$${price.usd}${per}${price.read === 'recalled' ? ' (?)' : ''}`
}

/** Every stack at rest, against the goal, and what is the dearest of it. */
export function printIdle(all: readonly Idle[]): string {
  const rows = all.map((one) => [
    ...[
      one.stack,
      String(one.resources),
      usd(total(one.lines)),
      usd(one.billedUsd),
      usd(total(one.database)),
    ],
    verdict(one),
  ])
  const missing = all.flatMap(({ stack, uncounted }) =>
    uncounted.map((kind) => `${stack}: ${kind} is not in the table`),
  )
  return [
    'At rest, USD: no request, no film, no viewer; schedules run. Billed: free tiers taken off, as in an account of its own.',
    table(['stack', 'resources', 'at list', 'billed', 'Neon', `billed < ${IDLE_GOAL_USD}`], rows),
    ...missing,
  ].join('\n\n')
}

function verdict({ lines, resources, billedUsd }: Idle): string {
  if (resources === 0) return 'the stack is empty'
  if (billedUsd < IDLE_GOAL_USD) return 'met'
  const dearest = [...lines].sort((a, b) => b.usd - a.usd)[0]
  return `missed: ${dearest?.what} ${usd(dearest?.usd ?? 0)}`
}

/** What the figures rest on. */
export function printGrounds({ traffic }: CostWish): string {
  const { watched, megabits, cpuMinutes, kept } = traffic
  return `Prices of ${PRICES_OF} (scripts/cost/prices.ts has the sources), at list, smallest volume, without tax; (?) is from memory.
Viewers: people in the month, each watching ${watched} minutes at ${megabits} Mbit/s. Store: ${kept} minutes of film, upload and ladder.
Assumed: ${ASSUMED.apiMs} ms for a request of the API, ${ASSUMED.sweepMs} ms for a sweep, ${ASSUMED.logBytesPerCall} bytes of log for a call, films of ${ASSUMED.filmMinutes} minutes,
${ASSUMED.uploadMegabits} Mbit/s uploaded and ${ASSUMED.ladderMegabits} Mbit/s in the ladder, ${ASSUMED.edgeMisses * 100} % of deliveries fetched from the bucket (scripts/cost/assumptions.ts).
Transcodes: ${cpuMinutes} processor minutes for a minute of film, on demand; Spot is cheaper and its price moves.
Neon: the plan Launch. Sweeps each minute never let it sleep, so it is awake ${ASSUMED.databaseUnits} CU all month.`
}
