import { AZAPI } from './azapi-schemas.ts'
import type { Block, ProviderSchemas } from './block.ts'
import { blockOfType, hasPackage } from './provider-package.ts'

/** A synthesized stack, as far as the check reads it. */
export interface StackJson {
  readonly terraform?: { readonly required_providers?: Readonly<Record<string, { readonly source: string }>> }
  readonly resource?: Readonly<Record<string, unknown>>
  readonly data?: Readonly<Record<string, unknown>>
}

/** A provider that neither has a package of bindings nor schemas of our own. */
export class NoSchemas extends Error {
  override readonly name = 'NoSchemas'
}

/** What each provider of a stack must tell Terraform, by the provider's source. Throws `NoSchemas` and `NoSuchType`. */
export function schemasOf(stack: StackJson): Readonly<Record<string, ProviderSchemas>> {
  const providers = Object.entries(stack.terraform?.required_providers ?? {})
  return Object.fromEntries(
    providers.map(([name, { source }]) => [full(source), schemas(stack, name, full(source))]),
  )
}

/** Terraform's own short form: `aws` is `hashicorp/aws`. */
const full = (source: string): string => (source.includes('/') ? source : `hashicorp/${source}`)

function schemas(stack: StackJson, name: string, source: string): ProviderSchemas {
  if (source.toLowerCase() === 'azure/azapi') return AZAPI
  if (!hasPackage(source))
    throw new NoSchemas(`the provider ${source} has no schemas: write them as azapi-schemas.ts does`)
  const blocks = (kind: 'resource' | 'data', types: object = {}): Record<string, Block> =>
    Object.fromEntries(
      Object.keys(types)
        .filter((type) => type.startsWith(`${name}_`))
        .map((type) => [type, blockOfType(source, kind, type)]),
    )
  return {
    provider: blockOfType(source, 'provider', name),
    resources: blocks('resource', stack.resource),
    dataSources: blocks('data', stack.data),
  }
}
