import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, it } from 'vitest'
import { isMarkedAlive, ownMark } from './process.ts'

it('knows its own mark at the beginning of a name', () => {
  expect(isMarkedAlive(`${ownMark()}-half.object`)).toBe(true)
})

// Elsewhere there is no /proc to tell two processes of one number apart.
it.skipIf(process.platform !== 'linux')('takes a process of the same number for another one', () => {
  const [pid, start] = ownMark().split('.')
  expect(isMarkedAlive(`${pid}.${Number(start) - 1}-half.object`)).toBe(false)
})

it('knows the mark of a process that has ended', async () => {
  const module = JSON.stringify(new URL('./process.ts', import.meta.url).href)
  const script = `import { ownMark } from ${module}; process.stdout.write(ownMark())`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script])
  const said: Buffer[] = []
  child.stdout.on('data', (bytes: Buffer) => said.push(bytes))
  await once(child, 'close')
  expect(isMarkedAlive(`${Buffer.concat(said)}-x`)).toBe(false)
})

it('says nothing of a name without a mark', () => {
  expect(isMarkedAlive('task-AbC123')).toBeUndefined()
})
