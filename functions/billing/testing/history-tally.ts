/** What was done to a history: a test that does little finds little. */
export interface Tally {
  /** That Stripe has let happen. */
  operations: number
  /** Deliveries that came to the receiver, by how often the event was sent: `[1]` is once. */
  readonly sent: number[]
  /** Events that no delivery told of. */
  lost: number
  /** Deliveries that were answered, and those that were sent again since their receiver died. */
  answered: number
  again: number
  /** Objects that were fetched and written. */
  written: number
  deaths: number
  /** Deaths by which connections were cut. */
  cuts: number
  /** The statements that processes died with. */
  readonly diedWith: Set<string>
  /** Processes that stood still between fetch and write for longer than their lease, and what they were refused then. */
  frozen: number
  leasesLost: number
  replays: number
  overHttp: number
}

export const newTally = (): Tally => ({
  ...{ operations: 0, sent: [0, 0, 0, 0, 0, 0], lost: 0, answered: 0, again: 0, written: 0 },
  ...{ deaths: 0, cuts: 0, diedWith: new Set(), frozen: 0, leasesLost: 0, replays: 0, overHttp: 0 },
})

/** All of them together. */
export function summed(tallies: readonly Tally[]): Tally {
  const sum = newTally()
  for (const tally of tallies) {
    for (const name of Object.keys(tally) as (keyof Tally)[]) {
      const [value, so] = [tally[name], sum[name]]
      if (typeof value === 'number') Object.assign(sum, { [name]: (so as number) + value })
    }
    tally.sent.forEach((count, copies) => {
      sum.sent[copies] = (sum.sent[copies] ?? 0) + count
    })
    for (const statement of tally.diedWith) sum.diedWith.add(statement)
  }
  return sum
}
