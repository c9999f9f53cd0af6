import { TerraformProvider, TerraformResource, type TerraformResourceConfig } from 'cdktf'
import type { Construct } from 'constructs'

type Attributes = Readonly<Record<string, unknown>>

interface RawProviderOptions {
  readonly name: string
  readonly source: string
  readonly version: string
  readonly attributes?: Attributes
}

/** A provider that no package of bindings exists for (azapi). Its attributes are written as Terraform has them. */
export class RawProvider extends TerraformProvider {
  readonly #attributes: Attributes

  constructor(scope: Construct, id: string, { name, source, version, attributes = {} }: RawProviderOptions) {
    super(scope, id, {
      terraformResourceType: name,
      terraformProviderSource: source,
      terraformGeneratorMetadata: {
        providerName: name,
        providerVersion: version,
        providerVersionConstraint: version,
      },
    })
    this.#attributes = attributes
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return { ...this.#attributes }
  }
}

interface RawResourceOptions {
  readonly type: string
  readonly provider: RawProvider
  readonly attributes: Attributes
  readonly rest?: Omit<TerraformResourceConfig, 'terraformResourceType' | 'provider'>
}

/** A resource of a `RawProvider`. Nothing but Terraform itself checks its attributes. */
export class RawResource extends TerraformResource {
  readonly #attributes: Attributes

  constructor(scope: Construct, id: string, { type, provider, attributes, rest = {} }: RawResourceOptions) {
    super(scope, id, { ...rest, terraformResourceType: type, provider })
    this.#attributes = attributes
  }

  /** An expression for an attribute that the provider computes. */
  reference(attribute: string): string {
    return this.getStringAttribute(attribute)
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return { ...this.#attributes }
  }
}
