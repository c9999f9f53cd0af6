/** What the parts of a deployment have printed, kept for the one who must find out why a step failed. */
export interface Logs {
  /** `read` answers all that this part has printed so far. */
  watch(part: string, read: () => string): void
  /** A part that prints piece by piece. */
  collect(part: string): (text: string) => void
  /** The last lines of each part that has printed something. */
  tails(lines?: number): Readonly<Record<string, readonly string[]>>
}

/** Of one part; a film's job prints a few lines a second. */
const KEPT_CHARACTERS = 200_000

export function openLogs(): Logs {
  const parts = new Map<string, () => string>()
  const collect: Logs['collect'] = (part) => {
    let text = ''
    parts.set(part, () => text)
    return (more) => {
      text = (text + more).slice(-KEPT_CHARACTERS)
    }
  }
  return {
    collect,
    watch: (part, read) => void parts.set(part, read),
    tails: (lines = 12) => {
      const tails = [...parts].map(([part, read]) => [part, tailOf(read(), lines)] as const)
      return Object.fromEntries(tails.filter(([, tail]) => tail.length > 0))
    },
  }
}

const tailOf = (text: string, lines: number) =>
  text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-lines)
