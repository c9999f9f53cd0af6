import type { Place } from '../shared/place.ts'
import { UnknownStack } from '../shared/wanted-stacks.ts'

/** The places of these ids or patterns (`aws-*`). Throws `UnknownStack` with the nearest name for one that there is none of. */
export function knownStacks(wanted: readonly string[], places: readonly Place[]): readonly Place[] {
  const found = wanted.map((id) => {
    const some = places.filter(({ stackId }) => matches(id, stackId))
    if (some.length === 0)
      throw new UnknownStack(
        unknown(
          id,
          places.map(({ stackId }) => stackId),
        ),
      )
    return some
  })
  return places.filter((place) => found.some((some) => some.includes(place)))
}

const matches = (pattern: string, id: string) => {
  const expression = pattern.replace(/[^\w-]/g, (letter) => (letter === '*' ? '.*' : `\\${letter}`))
  return new RegExp(`^${expression}$`).test(id)
}

function unknown(id: string, known: readonly string[]): string {
  const near = nearest(id, known)
  const hint = near === undefined ? '' : `: did you mean ${near}?`
  return `there is no stack ${id}${hint}\n  There are ${known.join(', ')}`
}

/** The known word with the fewest letters to change, where that is at most a third of them. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const [best] = known
    .map((one) => ({ one, far: distance(word.toLowerCase(), one) }))
    .sort((a, b) => a.far - b.far)
  return best !== undefined && best.far <= best.one.length / 3 ? best.one : undefined
}

/** Letters to put in, leave out or replace (Levenshtein), row by row. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, at) => at)
  for (const [above, letter] of [...from].entries()) {
    const next = [above + 1]
    for (let at = 1; at <= to.length; at++)
      next[at] = Math.min(
        (next[at - 1] ?? 0) + 1,
        (row[at] ?? 0) + 1,
        (row[at - 1] ?? 0) + (to[at - 1] === letter ? 0 : 1),
      )
    row = next
  }
  return row[to.length] ?? 0
}
