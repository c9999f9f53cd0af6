/** What keeps those who act side by side at it: time is counted in statements, not in milliseconds. */
export interface Pace {
  /** A statement is run. */
  step(): void
  /** A process begins to run statements. */
  enter(): void
  leave(): void
  /** Resolves after so many statements, or once no process runs that could make them. */
  after(steps: number): Promise<void>
}

export function openPace(): Pace {
  let [steps, running] = [0, 0]
  let waiting: { readonly until: number; readonly go: () => void }[] = []
  const look = () => {
    const isDue = ({ until }: { until: number }) => running === 0 || until <= steps
    const due = waiting.filter(isDue)
    if (due.length === 0) return
    waiting = waiting.filter((each) => !isDue(each))
    for (const { go } of due) go()
  }
  return {
    step() {
      steps += 1
      look()
    },
    enter() {
      running += 1
    },
    leave() {
      running -= 1
      look()
    },
    after: (more) =>
      new Promise((go) => {
        waiting.push({ until: steps + more, go })
        look()
      }),
  }
}
