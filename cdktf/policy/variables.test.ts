import { describe, expect, it } from 'vitest'
import { readAwsConfig } from '../../adapters/aws/config.ts'
import { readAzureConfig } from '../../adapters/azure/config.ts'
import { readGcpConfig } from '../../adapters/gcp/config.ts'
import { cloudConfig } from '../../functions/entry/cloud-config.ts'
import { bucketNames, logLevel, trustedHops } from '../../functions/entry/cloud-env.ts'
import { deployed } from './deployed.ts'
import { synthesize } from './synthesize.ts'

type Env = Readonly<Record<string, string>>
interface Read {
  readonly buckets: Readonly<Record<'uploads' | 'media', string>>
  readonly jobs?: unknown
}

/** The readers that a deployed function runs, with what its platform sets beside the stack's variables. */
const READERS: Readonly<Record<string, (env: Env) => Read>> = {
  aws: (env) => readAwsConfig({ AWS_REGION: 'eu-central-1', ...env }),
  gcp: readGcpConfig,
  azure: (env) =>
    readAzureConfig({ IDENTITY_ENDPOINT: 'http://localhost/msi', IDENTITY_HEADER: 'x', ...env }),
}

const stacks = await synthesize()
const all = stacks.flatMap((stack) =>
  deployed(stack).map((one) => ({ ...one, stack, title: `${stack.place.stackId} ${one.resource.id}` })),
)
const readOf = ({ stack: { place }, variables }: (typeof all)[number]) => READERS[place.cloud]?.(variables)

describe('the variables of every function and job', () => {
  it.each(all)('$title: the column can be read', (one) => {
    expect(readOf(one)).toBeDefined()
  })
  it.each(all)(
    '$title: the configuration is of the host that clients reach',
    ({ stack: { place }, variables }) => {
      expect(cloudConfig(variables).publicOrigin).toBe(`https://${place.environment[place.cloud].host}`)
    },
  )
  it.each(all)('$title: what is read before the first event is right', ({ variables }) => {
    expect([bucketNames(variables), logLevel(variables), trustedHops(variables)]).toBeDefined()
  })
  it.each(all.filter(({ fn }) => fn.uses.jobs !== undefined))('$title: it knows where jobs run', (one) => {
    expect(readOf(one)?.jobs).toBeDefined()
  })
  it.each(all)('$title: who only reads the database is told so', ({ fn, variables }) => {
    expect(variables.SKYREEL_DB).toBe(fn.uses.db === 'read' ? 'read' : undefined)
  })
  it.each(all)('$title: it knows the key of films exactly where it may use it', ({ fn, variables }) => {
    expect('SKYREEL_KEY_VAULT_KEY' in variables).toBe(fn.uses.keyVault !== undefined)
  })
  it.each(all)('$title: it believes a country where the edge writes it, and nowhere else', (one) => {
    const onGoogle = one.stack.place.cloud === 'gcp'
    expect(cloudConfig(one.variables).countryHeader).toBe(onGoogle ? 'x-skyreel-country' : undefined)
  })
  it.each(all)('$title: its errors name our own lines', ({ variables }) => {
    expect(variables.NODE_OPTIONS).toContain('--enable-source-maps')
  })
})

describe('what a platform reads itself', () => {
  it.each(all.filter(({ fn }) => fn.kind === 'job'))('$title: the image knows its column', (one) => {
    expect(one.variables.SKYREEL_CLOUD).toBe(one.stack.place.cloud)
  })
  const onGoogle = all.filter(({ fn, stack }) => fn.kind !== 'job' && stack.place.cloud === 'gcp')
  it.each(onGoogle)('$title: the framework answers no path by itself', ({ variables }) => {
    expect(variables.IGNORED_ROUTES).toBe('')
  })
  const onAzure = all.filter(({ fn, stack }) => fn.kind === 'on' && stack.place.cloud === 'azure')
  it.each(onAzure)('$title: the host reaches its queue as the function', ({ variables }) => {
    expect(variables.SKYREEL_STORAGE__queueServiceUri).toMatch(
      /^https:\/\/[a-z0-9]+\.queue\.core\.windows\.net\/?$/,
    )
  })
})

describe('the readers', () => {
  it.each(Object.entries(READERS))('of %s refuse an empty environment', (_cloud, reader) => {
    expect(() => reader({})).toThrow(/SKYREEL_BUCKET_UPLOADS/)
  })
})
