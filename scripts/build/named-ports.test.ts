import { expect, it } from 'vitest'
import { deployedFunctions } from './deployed.ts'
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

/** Azure signs the edge's URLs with the store's key. The API that describes all others names the port, and only reads. */
it('finds nobody who gives out URLs of the edge and may not read the keys that sign them', async () => {
  const without = (await deployedFunctions()).map(async ({ file, manifest: { name, uses } }) => {
    const keys = ['cdn-key', 'storage-key', 'delivery-key'].filter((key) => !uses.secrets?.includes(key))
    const signs = uses.db === 'readwrite' && (await namedPorts([file])).has('cdn')
    return signs ? keys.map((key) => `${name}: ${key}`) : []
  })
  expect((await Promise.all(without)).flat()).toEqual([])
})
