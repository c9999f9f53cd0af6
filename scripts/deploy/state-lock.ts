import { Refused } from './shell.ts'

export interface StateLock {
  readonly id: string
  readonly who: string
  readonly created: string
  readonly operation: string
}

/** Who holds the state, from what Terraform prints where it cannot have it. */
export function stateLockIn(output: string): StateLock | undefined {
  // In colour, and with the bar that Terraform draws before its errors, or without; cdktf writes the stack before the bar.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape of a terminal's colours is one
  const uncoloured = output.replace(/\u001b\[[\d;]*m/g, '')
  const plain = uncoloured.replace(/^[^\S\n]*(?:[\w-]+[^\S\n]+)?[│|][^\S\n]?/gm, '')
  if (!plain.includes('Error acquiring the state lock')) return undefined
  const field = (name: string) =>
    new RegExp(`^\\s*${name}:\\s*(.+)$`, 'm').exec(plain)?.[1]?.trim() ?? 'unknown'
  return { id: field('ID'), who: field('Who'), created: field('Created'), operation: field('Operation') }
}

/** The refusal that tells what to do about a held state. */
export function heldState(lock: StateLock, stack: { id: string; folder: string; binary: string }): Refused {
  return new Refused(
    `the state of ${stack.id} is held by ${lock.who} since ${lock.created} (${lock.operation})`,
    `If that deployment still runs, wait for it. If it is dead: ${stack.binary} -chdir=${stack.folder} force-unlock ${lock.id}   and start again.`,
  )
}
