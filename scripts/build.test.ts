import { expect, it } from 'vitest'
import { runScript } from './testing/run-script.ts'

it('tells how it is used', async () => {
  const { status, stdout } = await runScript('build.ts', ['--help'])
  expect({ status, tells: stdout.includes('dist/<cloud>/<function>.zip') }).toEqual({
    status: 0,
    tells: true,
  })
})
it.each([
  [['--cloud', 'ibm'], '--cloud is one of aws, gcp, azure, not ibm'],
  [['--arch', 'mips'], '--arch is one of x64, arm64, not mips'],
  [['--function', 'no-such'], 'there is no function no-such'],
  [['--colour'], "Unknown option '--colour'"],
])('refuses %j in words', async (args, says) => {
  const { status, stderr } = await runScript('build.ts', args)
  expect({ status, says: stderr.includes(says) }).toEqual({ status: 1, says: true })
})
