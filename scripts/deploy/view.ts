import { progressLine } from '../terminal.ts'

export interface View {
  begin(step: string, says: string): void
  /** The newest line of what runs. */
  murmur(line: string): void
  /** A line that stays. */
  tell(line: string): void
  /** Draws nothing until the question is answered. */
  asking<T>(question: () => Promise<T>): Promise<T>
  end(outcome: 'ok' | 'FAIL' | 'done before' | 'left out', seconds: number): void
  close(): void
}

export interface ViewOptions {
  readonly out: Pick<NodeJS.WriteStream, 'write'> & { readonly isTTY?: boolean; readonly columns?: number }
  readonly count: number
  readonly now: () => number
}

/** What a deployment shows: one line a step, and below it, in a terminal, what runs at the moment. */
export function openView({ out, count, now }: ViewOptions): View {
  const progress = progressLine(out)
  let [at, step, newest, since, asks] = [0, '', '', now(), false]
  const draw = () => {
    if (step === '' || asks) return
    const seconds = Math.floor((now() - since) / 1000)
    progress.show(`${at}/${count} ${step}  ${seconds} s  ${newest}`, step)
  }
  const timer = out.isTTY ? setInterval(draw, 1000) : undefined
  timer?.unref()
  const line = (text: string) => {
    progress.clear()
    out.write(`${text}\n`)
  }
  return {
    begin(name, says) {
      ;[at, step, newest, since] = [at + 1, name, says, now()]
      draw()
    },
    murmur(text) {
      newest = text.replace(/\s+/g, ' ').trim()
      if (out.isTTY) draw()
    },
    tell(text) {
      line(text.replace(/^/gm, '        '))
      if (out.isTTY) draw()
    },
    async asking(question) {
      progress.clear()
      asks = true
      try {
        return await question()
      } finally {
        asks = false
      }
    },
    end(outcome, seconds) {
      const took = outcome === 'ok' || outcome === 'FAIL' ? ` (${seconds.toFixed(1)} s)` : ''
      line(`${outcome.padStart(4)}  ${step}${took}`)
      step = ''
    },
    close() {
      clearInterval(timer)
      progress.clear()
    },
  }
}
