import type { Command } from './column.ts'
import type { Hands } from './hands.ts'
import { shown } from './shell.ts'

/** Hands that print what they would do, and answer what is assumed. They need no tool, no network, no credentials. */
export function dryHands(tell: (line: string) => void): Hands {
  const print = (command: Command, before = '') => {
    tell(`    # ${before}${command.says}`)
    tell(`    ${shown(command)}`)
  }
  return {
    dry: true,
    async run(command) {
      print(command)
      return { status: 0, stdout: '', stderr: '' }
    },
    async runAll(commands) {
      for (const { unless, ...command } of commands) {
        if (unless !== undefined) print(unless, 'unless this succeeds: ')
        print(command)
      }
    },
    async ask({ command }, assumed) {
      print(command)
      return assumed
    },
    async act(says, _body, assumed) {
      tell(`    * ${says}`)
      return assumed
    },
    tell: (line) => tell(`    - ${line}`),
  }
}
