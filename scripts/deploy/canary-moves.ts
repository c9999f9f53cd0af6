import type { Canary } from './column.ts'
import type { Hands } from './hands.ts'

/** A function whose requests go from one release to another. */
export interface Move {
  readonly name: string
  readonly from: string
  readonly to: string
}

interface Finding {
  readonly hands: Hands
  readonly canary: Canary
  readonly names: readonly string[]
}

/** The functions whose new release differs from the one that serves; says of the others why they do not move in steps. */
export async function findMoves({ hands, canary, names }: Finding): Promise<readonly Move[]> {
  const moves: Move[] = []
  for (const name of names) {
    const because = canary.unweighted(name)
    if (because !== undefined) {
      hands.tell(`${name} is on the new release at once: ${because}`)
      continue
    }
    const move = await findMove({ hands, canary, names }, name)
    if (move !== undefined) moves.push(move)
  }
  return moves
}

async function findMove({ hands, canary }: Finding, name: string): Promise<Move | undefined> {
  const to = await hands.ask(canary.candidate(name), '<new release>')
  const from = await hands.ask(canary.serving(name), '<serving release>')
  if (from === to) return undefined
  if (from !== undefined) return { name, from, to }
  hands.tell(`${name} has not served before: all of its requests go to ${to}`)
  await hands.runAll(canary.route(name, { from: to, to, percent: 100 }))
  return undefined
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
