import { readFileSync, writeFileSync } from 'node:fs'

/** What a cloud holds, in one file of a test's folder. */
export interface State {
  get(name: string): unknown
  set(name: string, value: unknown): void
  /** Throws where it is not there, as the tools end with a status other than 0. */
  need(name: string): unknown
  /** Throws where it is there already. */
  make(name: string, value: unknown): void
}

/** What a tool prints. Throwing ends it with status 1. */
export type Tool = (argv: readonly string[], state: State) => string

export class NotThere extends Error {
  override readonly name = 'NotThere'
}

/** Opens the file; every change is written at once. */
export function openState(file: string): State {
  const all = () => JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>
  const set = (name: string, value: unknown) =>
    writeFileSync(file, JSON.stringify({ ...all(), [name]: value }))
  const get = (name: string) => all()[name]
  return {
    get,
    set,
    need(name) {
      const found = get(name)
      if (found === undefined) throw new NotThere(`${name} does not exist`)
      return found
    },
    make(name, value) {
      if (get(name) !== undefined) throw new Error(`${name} exists already`)
      set(name, value)
    },
  }
}

/** By its path, as programs open a file that they are told: a socket at /dev/stdin cannot be opened so. */
export const readPath = (path: string): string => readFileSync(path, 'utf8')
/** As a program reads its standard input. */
export const readStdin = (): string => readFileSync(0, 'utf8')
