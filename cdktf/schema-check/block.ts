/** A type as Terraform writes it in JSON: `string`, or `["list", "string"]`. */
export type TerraformType = string | readonly [string, TerraformType]

export interface Attribute {
  readonly name: string
  readonly type: TerraformType
  readonly required?: boolean
  readonly optional?: boolean
  readonly computed?: boolean
  /** Never kept in the state, so it alone takes an ephemeral value. */
  readonly writeOnly?: boolean
}

export interface NestedBlock {
  readonly name: string
  readonly nesting: 'single' | 'list' | 'set'
  readonly required: boolean
  /** A list that holds one block at most: `lifecycle_policy`, not `rule`. */
  readonly single: boolean
  readonly block: Block
}

/** What a resource, a data source, a provider or a block in one of them takes and gives. */
export interface Block {
  readonly attributes: readonly Attribute[]
  readonly blocks: readonly NestedBlock[]
}

/** All that `terraform validate` asks a provider for. */
export interface ProviderSchemas {
  readonly provider: Block
  readonly resources: Readonly<Record<string, Block>>
  readonly dataSources: Readonly<Record<string, Block>>
}
