/** Where scripts talk to people: progress on one line of a terminal, plain lines elsewhere, and tables. */

type Stream = Pick<NodeJS.WriteStream, 'write'> & { readonly isTTY?: boolean; readonly columns?: number }

export interface ProgressLine {
  /** Replaces the line in a terminal; elsewhere prints it when `step` of the text has changed. */
  show(text: string, step?: string): void
  /** Removes the line from the terminal. */
  clear(): void
}

/** A line that is written over. Without a terminal each new `step` is one line, so that a log stays short. */
export function progressLine(stream: Stream): ProgressLine {
  let lastStep: string | undefined
  return {
    show(text, step = text) {
      if (stream.isTTY) stream.write(`\r\u001b[2K${text.slice(0, (stream.columns ?? 80) - 1)}`)
      else if (step !== lastStep) stream.write(`${text}\n`)
      lastStep = step
    },
    clear() {
      if (stream.isTTY && lastStep !== undefined) stream.write('\r\u001b[2K')
      lastStep = undefined
    },
  }
}

/** `[#########           ]  45 %` of 0..1. */
export function bar(fraction: number, width = 24): string {
  const within = Math.min(1, Math.max(0, fraction))
  const full = Math.floor(within * width)
  return `[${'#'.repeat(full)}${' '.repeat(width - full)}] ${String(Math.floor(within * 100)).padStart(3)} %`
}

/** Columns as wide as their widest cell; numbers (right) and text (left) by the look of the column's cells. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows]
  const widths = head.map((_, at) => Math.max(...all.map((row) => (row[at] ?? '').length)))
  const right = head.map((_, at) =>
    rows.every((row) => /^(?:-?[\d.,]+(?: ?[a-z%]+)?|-?)$/i.test(row[at] ?? '')),
  )
  const line = (row: readonly string[]) =>
    widths
      .map((width, at) => pad(row[at] ?? '', width, right[at] === true))
      .join('  ')
      .trimEnd()
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n')
}

const pad = (text: string, width: number, right: boolean) =>
  right ? text.padStart(width) : text.padEnd(width)

/** The message of an error and of what caused it, one line each. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause === undefined ? error.message : `${error.message}\n  because: ${explain(error.cause)}`
}
