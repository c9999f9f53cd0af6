import { type App, DataResource, TerraformOutput, TerraformStack, TerraformVariable } from 'cdktf'
import type { StackOutputs } from './outputs.ts'
import type { Place } from './place.ts'
import type { PlannedFunction } from './plan.ts'

export interface StackOptions {
  readonly place: Place
  readonly plan: readonly PlannedFunction[]
}

/** Write-only attributes came with 1.11, the lock file of S3 with 1.10. OpenTofu counts alike. */
const TERRAFORM = '>= 1.11.0, < 2.0.0'

/** Address of what holds the end of a preview: applied with the first part of the stack. */
export const PREVIEW_END = 'terraform_data.preview-end'

/** What the stacks of the three clouds share: who they are, and what they tell the deployment. */
export class SkyreelStack extends TerraformStack {
  readonly place: Place
  readonly plan: readonly PlannedFunction[]

  constructor(app: App, { place, plan }: StackOptions) {
    super(app, place.stackId)
    this.place = place
    this.plan = plan
    this.addOverride('terraform.required_version', TERRAFORM)
    if (place.preview !== '') this.#tellExpiry()
  }

  /**
   * When a preview may be swept, in its state: that is known to every machine. The deployment gives the value. By a resource,
   * since an apply of a part of the stack tells no output that hangs on nothing: a sweep would take the preview that is just
   * being made for one without an end.
   */
  #tellExpiry(): void {
    const variable = new TerraformVariable(this, 'expires_at', { type: 'string', default: '' })
    const end = new DataResource(this, 'preview-end', { input: { value: variable.stringValue } })
    end.overrideLogicalId('preview-end')
    const output = new TerraformOutput(this, 'out-expires_at', { value: `\${${end.fqn}.output.value}` })
    output.overrideLogicalId('expires_at')
  }

  /** One output for each field, named as it is. */
  protected tell(outputs: StackOutputs): void {
    for (const [name, value] of Object.entries(outputs)) {
      const output = new TerraformOutput(this, `out-${name}`, { value })
      output.overrideLogicalId(name)
    }
  }
}
