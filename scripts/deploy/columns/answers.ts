/** A tool answered something that we do not know. Says which answer to what; no answer of ours holds a secret. */
export class StrangeAnswer extends Error {
  override readonly name = 'StrangeAnswer'
}

/** The JSON of an answer, read by `pick`. Throws `StrangeAnswer` where it is none, or not of the form that `pick` knows. */
export function fromJson<T>(what: string, pick: (answer: unknown) => T): (stdout: string) => T {
  return (stdout) => {
    try {
      return pick(JSON.parse(stdout))
    } catch (cause) {
      if (cause instanceof StrangeAnswer) throw cause
      throw new StrangeAnswer(`${what}: the answer is not of the documented form: ${cut(stdout)}`, { cause })
    }
  }
}

/** The answer itself, where it is one that `expected` fits. Throws `StrangeAnswer`. */
export function fromText(what: string, expected: RegExp): (stdout: string) => string {
  return (stdout) => {
    const said = stdout.trim()
    if (expected.test(said)) return said
    throw new StrangeAnswer(`${what}: expected ${expected.source}, the answer is: ${cut(said)}`)
  }
}

const cut = (text: string): string => (text.length <= 300 ? text : `${text.slice(0, 300)}...`)
