import { mkdirSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { App } from 'cdktf'
import { loadBindingsPlainly } from './load-bindings.ts'
import { checkLimits } from './shared/limits.ts'
import { loadManifests } from './shared/manifests.ts'
import type { Place } from './shared/place.ts'
import { planOf } from './shared/plan.ts'
import type { StackOptions } from './shared/skyreel-stack.ts'
import { wantedPlaces } from './shared/wanted-stacks.ts'

/** Loaded one by one: a deployment to one cloud never loads the bindings of the others. */
const STACKS = {
  aws: async (app: App, options: StackOptions) => new (await import('./aws/stack.ts')).AwsStack(app, options),
  gcp: async (app: App, options: StackOptions) => new (await import('./gcp/stack.ts')).GcpStack(app, options),
  azure: async (app: App, options: StackOptions) =>
    new (await import('./azure/stack.ts')).AzureStack(app, options),
} satisfies Record<Place['cloud'], (app: App, options: StackOptions) => Promise<unknown>>

/** Errors whose message says what to do. */
const TOLD = new Set(['WrongConfig', 'UnknownStack', 'NameRefused', 'LimitRefused'])

async function synthesize(): Promise<void> {
  const places = wantedPlaces(process.env)
  const plan = planOf(await loadManifests())
  // Some validations ask an installed Terraform for its version, 50 ms for each resource that they are of. `required_version`
  // and `npm run infra-check` say the same, and synthesis needs no Terraform.
  const outdir = process.env.CDKTF_OUTDIR ?? 'dist/cdktf.out'
  // App makes the last folder of it alone, and a fresh clone has no dist.
  mkdirSync(outdir, { recursive: true })
  const app = new App({ outdir, skipValidation: true })
  for (const place of places) {
    checkLimits(place, plan)
    await STACKS[place.cloud](app, { place, plan })
  }
  app.synth()
}

// Taking the types out of some hundred files leaves 200 MB of garbage, which V8 would sooner keep than collect. With this it
// holds a third of the memory, and takes a tenth of a second longer.
setFlagsFromString('--optimize-for-size')
// A stack trace for every reference, of which none is ever shown where all goes well: a tenth of the time.
process.env.CDKTN_DISABLE_CREATION_STACK ??= '1'
loadBindingsPlainly()

try {
  await synthesize()
} catch (error) {
  // What is wrong with a manifest or a config is for a person: the message alone. Anything else is a defect, with its stack.
  const told = error instanceof Error && TOLD.has(error.name)
  console.error(told ? `skyreel: ${error.message}` : error)
  process.exitCode = 1
}
