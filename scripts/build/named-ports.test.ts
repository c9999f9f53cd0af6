import { expect, it } from 'vitest'
import { namedPorts } from './named-ports.ts'

const API = 'core/http/mount-routes.ts'

it('finds the ports that the code behind a manifest calls', async () => {
  const ports = await namedPorts(['functions/identity/api.ts', API])
  expect([...ports]).toContain('passwords')
})
it('finds none that the code never names', async () => {
  const ports = await namedPorts(['functions/catalog/api.ts', API])
  expect(ports.has('passwords') || ports.has('storage')).toBe(false)
})
it('does not take the types of a file for its code', async () => {
  expect([...(await namedPorts(['core/ports/ports.ts', 'core/run/function.ts']))]).toEqual([])
})
it('is told of a file that is not there', async () => {
  await expect(namedPorts(['functions/no/such.ts'])).rejects.toThrow('ENOENT')
})
