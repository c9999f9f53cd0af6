import { GoogleProvider } from '@cdktf/provider-google/lib/provider/index.js'
import { GcsBackend } from 'cdktf'
import { tagsOf } from '../shared/place.ts'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import { stateStoreOf } from '../shared/state-store.ts'

/** The state lies in a bucket that the deployment makes; Cloud Storage locks it by itself. */
export function keepState(stack: SkyreelStack): void {
  const { store, key } = stateStoreOf(stack.place)
  // The backend adds the name of the workspace and the ending: stacks/gcp-dev/default.tfstate.
  new GcsBackend(stack, { bucket: store, prefix: key.replace(/\.tfstate$/, '') })
}

/** The one provider, held to the project of the config: credentials of another cannot write there by mistake. */
export function openProvider(stack: SkyreelStack): void {
  const { projectId, region } = stack.place.environment.gcp
  const provider = new GoogleProvider(stack, 'google', {
    project: projectId,
    region,
    // Budgets are of the billing account: without a project of ours the request has nobody to count it to.
    userProjectOverride: true,
    billingProject: projectId,
  })
  // Given as an argument, the hyphens in the names of labels would become underscores.
  provider.addOverride('default_labels', tagsOf(stack.place))
}
