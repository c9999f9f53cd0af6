import { expect, it } from 'vitest'
import { bundle } from './bundle.ts'
import { unusedDrivers } from './unused-drivers.ts'

/** Texts of the chunks of something that opens both drivers late, as a column does. */
async function chunksOf(file: string, uses: Parameters<typeof unusedDrivers>[1]): Promise<string> {
  const source = `
    export const storage = () => import('../../adapters/gcp/storage.ts')
    export const hash = () => import('@node-rs/argon2')`
  const column = {
    name: 'column',
    resolveId: (id: string) => (id.includes('adapters/gcp/') ? ids.get(id) : undefined),
    load: (id: string) => texts.get(id),
  }
  const ids = new Map([['../../adapters/gcp/storage.ts', '/adapters/gcp/column.ts']])
  const texts = new Map([['/adapters/gcp/column.ts', "export default () => import('./storage.ts')"]])
  const beside = {
    name: 'beside',
    resolveId: (id: string) => (/storage\.ts$|argon2$/.test(id) ? `/held/${id}` : null),
  }
  const held = {
    name: 'held',
    load: (id: string) => (id.startsWith('/held/') ? `console.log('held ${id}')` : undefined),
  }
  const plugins = [column, await unusedDrivers([file], uses), beside, held]
  const { files } = await bundle({ source, plugins })
  return files.map(({ bytes }) => Buffer.from(bytes).toString()).join('\n')
}

const WRITES = { db: 'readwrite' } as const
const UPLOADS = { storage: { uploads: ['put'] } } as const

it('keeps the driver of a port that is declared and named', async () => {
  expect(await chunksOf('functions/video/api.ts', [UPLOADS])).toContain('held /held/./storage.ts')
})
it('leaves out the driver of a port that no code names', async () => {
  expect(await chunksOf('functions/catalog/api.ts', [UPLOADS])).toContain('this bundle holds no storage')
})
it('leaves out the driver of a port that the manifest does not declare', async () => {
  expect(await chunksOf('functions/video/api.ts', [{}])).toContain('this bundle holds no storage')
})
it('keeps the password hash where passwords are read', async () => {
  expect(await chunksOf('functions/identity/api.ts', [WRITES])).toContain('held /held/@node-rs/argon2')
})
it('leaves the password hash out elsewhere', async () => {
  expect(await chunksOf('functions/catalog/api.ts', [WRITES])).toContain('this bundle holds no passwords')
})
it('leaves the password hash out of an API that only describes the one that reads them', async () => {
  expect(await chunksOf('functions/platform/api.ts', [{ db: 'read' }])).toContain(
    'this bundle holds no passwords',
  )
})
