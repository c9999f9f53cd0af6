import type { Canary } from './column.ts'
import type { Hands } from './hands.ts'

/** A function whose requests go from one release to another. */
export interface Move {
  readonly name: string
  readonly from: string
  readonly to: string
}

/** A function that this release did not change. */
interface Staying {
  readonly name: string
  readonly release: string
}

export interface Found {
  readonly moves: readonly Move[]
  /**
   * A rollback shall leave these where they are: their release served before, too. None where a canary was stopped in the
   * middle: a function that it had brought to its end would be taken for one of these.
   */
  readonly staying: readonly Staying[]
}

interface Finding {
  readonly hands: Hands
  readonly canary: Canary
  readonly names: readonly string[]
}

/** The functions whose new release differs from the one that serves; says of the others why they do not move in steps. */
export async function findMoves(finding: Finding): Promise<Found> {
  const { hands, canary } = finding
  const found: Move[] = []
  for (const name of finding.names) {
    const because = canary.unweighted(name)
    if (because !== undefined) hands.tell(`${name} is on the new release at once: ${because}`)
    else found.push(...(await findMove(finding, name)))
  }
  const moves = found.filter(({ from, to }) => from !== to)
  const staying = found.filter(({ from, to }) => from === to).map(({ name, to }) => ({ name, release: to }))
  return { moves, staying: (await isStopped(finding, moves)) ? [] : staying }
}

async function isStopped({ hands, canary }: Finding, moves: readonly Move[]): Promise<boolean> {
  for (const { name } of moves)
    if ((await hands.ask(canary.halfway(name), undefined)) !== undefined) return true
  return false
}

async function findMove({ hands, canary }: Finding, name: string): Promise<readonly Move[]> {
  const to = await hands.ask(canary.candidate(name), '<new release>')
  const from = await hands.ask(canary.serving(name), '<serving release>')
  if (from !== undefined) return [{ name, from, to }]
  hands.tell(`${name} has not served before: all of its requests go to ${to}`)
  await hands.runAll(canary.route(name, { from: to, to, percent: 100 }))
  return []
}

/** Sends this share of the requests to the new release of each. */
export async function routeAll(
  hands: Hands,
  canary: Canary,
  moves: readonly Move[],
  percent: number,
): Promise<void> {
  for (const { name, from, to } of moves) await hands.runAll(canary.route(name, { from, to, percent }))
}
