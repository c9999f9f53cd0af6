import { expect, it } from 'vitest'
import { PROVIDERS } from '../../core/billing/provider-objects.ts'
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
it('leaves out the key service of a function that may not call it', async () => {
  expect(await keyServiceOf([{ db: 'readwrite' }])).toContain('this bundle holds no keyVault')
})
it('keeps the key service of a function that may', async () => {
  expect(await keyServiceOf([{ keyVault: ['unwrap'] }])).toContain('held /held/./key-vault.ts')
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

/** The same of the driver that the rotation of keys calls. */
async function keyServiceOf(uses: Parameters<typeof unusedDrivers>[1]): Promise<string> {
  const id = '/adapters/gcp/column.ts'
  const column = {
    name: 'column',
    resolveId: (source: string) => (source === id ? id : undefined),
    load: (source: string) => (source === id ? "export default () => import('./key-vault.ts')" : undefined),
  }
  const held = {
    name: 'held',
    resolveId: (source: string) => (source === './key-vault.ts' ? `/held/${source}` : null),
    load: (source: string) => (source.startsWith('/held/') ? `console.log('held ${source}')` : undefined),
  }
  const plugins = [column, await unusedDrivers(['functions/drm/key-rotation.ts'], uses), held]
  const { files } = await bundle({ source: `export const open = () => import('${id}')`, plugins })
  return files.map(({ bytes }) => Buffer.from(bytes).toString()).join('\n')
}

/** Texts of the chunks of the payment providers, with a word of ours in place of each driver. */
async function providersOf(uses: Parameters<typeof unusedDrivers>[1]): Promise<string> {
  const source = "export { openPayments } from '../../adapters/stripe/open-payments.ts'"
  const held = {
    name: 'held',
    resolveId: (id: string) => (/^\.\.?\/(?:\w+\/)?payments\.ts$/.test(id) ? `/held/${id}` : null),
    load: (id: string) => (id.startsWith('/held/') ? `console.log('${id}')` : undefined),
  }
  const { files } = await bundle({ source, plugins: [await unusedDrivers([], uses), held] })
  return files.map(({ bytes }) => Buffer.from(bytes).toString()).join('\n')
}

it('keeps the drivers of the payment providers that the manifest declares', async () => {
  const text = await providersOf([{ payments: ['stripe'] }, { payments: ['paypal'] }])
  const kept = ['./payments.ts', '../paypal/payments.ts', '../razorpay/payments.ts'].filter((driver) =>
    text.includes(`/held/${driver}`),
  )
  expect(kept).toEqual(['./payments.ts', '../paypal/payments.ts'])
})
it('leaves out the drivers of the other payment providers', async () => {
  const text = await providersOf([{ payments: ['paypal'] }])
  const out = PROVIDERS.filter((provider) => text.includes(`this bundle holds no ${provider}`))
  expect(out).toEqual(['stripe', 'braintree', 'razorpay'])
})
