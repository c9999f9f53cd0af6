import type { Plugin } from 'rolldown'
import { PROVIDERS, type Provider } from '../../core/billing/provider-objects.ts'
import type { UsesDeclaration } from '../../core/run/function.ts'
import { namedPorts, type WeightyPort } from './named-ports.ts'

const DRIVERS: readonly WeightyPort[] = ['storage', 'queue', 'bus', 'jobs', 'cdn', 'thumbnailer', 'keyVault']
/** Ports for which a function without the declaration has no permission either. */
const DECLARED = ['storage', 'queue', 'bus', 'jobs', 'keyVault'] as const

/**
 * Leaves out what a function can never call: SDKs of ports that its manifests do not declare or that the code behind
 * `files` never names, and the password hash. In their place stands a module that throws when it is loaded, so that a
 * wrong guess is told and not `undefined`.
 */
export async function unusedDrivers(
  files: readonly string[],
  uses: readonly UsesDeclaration[],
): Promise<Plugin> {
  const named = await namedPorts(files)
  const undeclared = new Set<string>(DECLARED.filter((port) => !uses.some((one) => one[port])))
  const unused = DRIVERS.filter((port) => !named.has(port) || undeclared.has(port))
  // Who signs up or in is written down. The API that describes all others names passwords, too, and only reads.
  const passwords = named.has('passwords') && uses.some(({ db }) => db === 'readwrite')
  return {
    name: 'unused-drivers',
    resolveId: {
      filter: { id: /^(?:\.\.?\/(?:[a-z]+\/)?[a-z-]+\.ts|@node-rs\/argon2)$/ },
      handler(source, importer, { kind }) {
        if (kind !== 'dynamic-import') return null
        if (source === '@node-rs/argon2') return passwords ? null : instead('passwords')
        const billing = billingDriver(source, importer)
        if (billing) return called(uses, billing) ? null : instead(billing)
        const port = unused.find((one) => source === `./${fileOf(one)}.ts`)
        return port && /\/adapters\/(?:aws|gcp|azure)\//.test(importer ?? '') ? instead(port) : null
      },
    },
    load: {
      filter: { id: /^skyreel:unused\// },
      handler: (id) =>
        `throw new Error('this bundle holds no ${id.slice(PREFIX.length)}: its manifest or its code names no such port')
         export default undefined`,
    },
  }
}

/** The driver of a payment provider, or of tax, that this is; `undefined` for any other module. */
function billingDriver(source: string, importer = ''): Provider | 'tax' | undefined {
  if (/\/adapters\/tax-table\/open-tax\.ts$/.test(importer)) return 'tax'
  if (!/\/adapters\/stripe\/open-payments\.ts$/.test(importer)) return undefined
  if (source === './payments.ts') return 'stripe'
  return PROVIDERS.find((provider) => source === `../${provider}/payments.ts`)
}

const called = (uses: readonly UsesDeclaration[], driver: Provider | 'tax') =>
  uses.some(({ payments = [], tax }) => (driver === 'tax' ? tax !== undefined : payments.includes(driver)))

const fileOf = (port: WeightyPort) => (port === 'keyVault' ? 'key-vault' : port)

const PREFIX = 'skyreel:unused/'
const instead = (port: string) => `${PREFIX}${port}`
