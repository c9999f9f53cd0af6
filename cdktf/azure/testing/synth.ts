import { App, Testing } from 'cdktf'
import { environment as checked, type EnvironmentName } from '../../shared/environment.ts'
import { loadManifests } from '../../shared/manifests.ts'
import { placeOf } from '../../shared/place.ts'
import { type PlannedFunction, planOf } from '../../shared/plan.ts'
import { CONFIG } from '../../shared/wanted-stacks.ts'
import { AzureStack } from '../stack.ts'

/** Arguments of a resource as Terraform is given them: a test names those that it looks at, and fails where they are not there. */
export type Arguments = ReturnType<typeof JSON.parse>

export interface Synthesized {
  readonly plan: readonly PlannedFunction[]
  readonly json: Arguments
  /** All resources of a type by their ids; none where the stack has none. */
  all(type: string): Readonly<Record<string, Arguments>>
  /** One resource. Throws for one that is not there. */
  one(type: string, id: string): Arguments
}

interface Wish {
  readonly environment?: EnvironmentName
  readonly preview?: string
  /** Beside or in place of the environment's own values. */
  readonly config?: object
  /** Changes a planned function, to see what follows. */
  readonly change?: (fn: PlannedFunction) => PlannedFunction
}

/** The stack of Azure of the house's own manifests. */
export async function synthesized({
  environment = 'dev',
  preview = '',
  config = {},
  change = (fn) => fn,
}: Wish = {}): Promise<Synthesized> {
  const plan = planOf(await loadManifests()).map(change)
  const place = placeOf('azure', checked({ ...CONFIG[environment], ...config }), preview)
  const json: Arguments = JSON.parse(Testing.synth(new AzureStack(new App(), { place, plan })))
  const all = (type: string) => json.resource[type] ?? {}
  const one = (type: string, id: string) => {
    const found = all(type)[id]
    if (found === undefined) throw new Error(`the stack has no ${type}.${id}`)
    return found
  }
  return { plan, json, all, one }
}

/** How a resource names an attribute of another. */
export const reference = (attribute: string): string => `\${${attribute}}`

/** Properties of a function app, by its short name: `video-api-a`. */
export const siteOf = ({ one }: Synthesized, app: string): Arguments =>
  one('azapi_resource', `fn-${app}`).body.properties

/** App settings of a function app. */
export const settingsOf = (stack: Synthesized, app: string): Record<string, string> =>
  variables(siteOf(stack, app).siteConfig.appSettings)

/** Variables of a job's container, by its manifest's name. */
export const jobVariablesOf = ({ one }: Synthesized, name: string): Record<string, string> =>
  variables(one('azurerm_container_app_job', `job-${name}`).template.container[0].env)

const variables = (pairs: readonly { name: string; value: string }[]): Record<string, string> =>
  Object.fromEntries(pairs.map(({ name, value }) => [name, plausible(value)]))

/** Terraform's expressions replaced by what such an attribute looks like, so that what reads the values can be asked. */
const plausible = (text: string): string =>
  text
    .replaceAll(
      /\$\{azurerm_eventgrid_topic\.[\w.-]+\}/g,
      'https://bus.westeurope-1.eventgrid.azure.net/api/events',
    )
    .replaceAll(/\$\{[^}]*client_id\}/g, '00000000-0000-0000-0000-00000000000c')
