/** Something that has a next time at which it must be looked after. */
export interface Subject {
  /** What comes next and when; undefined when nothing does. It is asked again after each step. */
  next(): { readonly at: number; run(): void } | undefined
}
interface Entry {
  readonly at: number
  readonly nth: number
  readonly subject: Subject
}

/** Runs all steps that are due by `to`, oldest first, whichever subject they belong to. A step may bring new ones. */
export function runDue(subjects: Iterable<Subject>, to: number, before: (at: number) => void): void {
  const heap: Entry[] = []
  let nth = 0
  const wait = (subject: Subject) => {
    const at = subject.next()?.at
    if (at !== undefined && at <= to) push(heap, { at, nth: nth++, subject })
  }
  for (const subject of subjects) wait(subject)
  for (let entry = pop(heap); entry; entry = pop(heap)) {
    const step = entry.subject.next()
    // Another subject's step may have moved this one.
    if (step && step.at <= entry.at) {
      before(entry.at)
      step.run()
    }
    wait(entry.subject)
  }
}

const isBefore = (one: Entry, other: Entry): boolean =>
  one.at < other.at || (one.at === other.at && one.nth < other.nth)

function push(heap: Entry[], entry: Entry): void {
  let at = heap.length
  heap.push(entry)
  while (at > 0) {
    const up = (at - 1) >> 1
    const parent = heap[up] as Entry
    if (!isBefore(entry, parent)) break
    heap[at] = parent
    at = up
  }
  heap[at] = entry
}

function pop(heap: Entry[]): Entry | undefined {
  const first = heap[0]
  const last = heap.pop()
  if (last === undefined || heap.length === 0) return first
  let at = 0
  for (let child = 1; child < heap.length; child = at * 2 + 1) {
    const right = heap[child + 1]
    const lower = right && isBefore(right, heap[child] as Entry) ? child + 1 : child
    if (!isBefore(heap[lower] as Entry, last)) break
    heap[at] = heap[lower] as Entry
    at = lower
  }
  heap[at] = last
  return first
}
