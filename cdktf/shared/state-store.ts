import { globalName } from './names.ts'
import { type Place, placeOf } from './place.ts'

/**
 * Where Terraform keeps the state of a stack: one store for each environment and cloud, made by the deployment before the
 * first apply and never by the stack that it holds. Previews lie in the store of their environment.
 */
export interface StateStore {
  /** S3 or Cloud Storage bucket, or Azure storage account. */
  readonly store: string
  /** Azure only: container in the account, and its resource group. */
  readonly container: string
  readonly resourceGroup: string
  /** Object of this stack's state. */
  readonly key: string
}

export function stateStoreOf(place: Place): StateStore {
  const { cloud, environment, preview, stackId } = place
  const home = placeOf(cloud, environment)
  const folder = preview === '' ? 'stacks' : 'previews'
  return {
    store: STORE[cloud](home),
    container: 'state',
    resourceGroup: `${home.prefix}-state`,
    key: `${folder}/${stackId}.tfstate`,
  }
}

const STORE = {
  aws: (place: Place) => globalName(place, 'bucket', 'state', place.environment.aws.accountId),
  gcp: (place: Place) => globalName(place, 'gcsBucket', 'state', place.environment.gcp.projectId),
  azure: (place: Place) =>
    globalName(place, 'storageAccount', 'state', place.environment.azure.subscriptionId),
}
