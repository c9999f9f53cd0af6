import { loadManifests } from './shared/manifests.ts'
import { planOf } from './shared/plan.ts'

// The plan is real: it is what the stacks will be made from. The stacks are not there yet, and this says so.
const plan = planOf(await loadManifests())
process.stdout.write(`${JSON.stringify(plan, undefined, 2)}\n`)
process.stderr.write(
  'This is the plan that the functions make. The stacks of AWS, Google Cloud and Azure come with the infrastructure issue, ' +
    'so nothing can be synthesized or deployed yet.\n',
)
process.exitCode = 1
