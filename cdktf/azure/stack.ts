import type { App } from 'cdktf'
import { originOf } from '../shared/host.ts'
import { SkyreelStack, type StackOptions } from '../shared/skyreel-stack.ts'
import { openAlarms } from './alarms.ts'
import { openTelemetry, type Telemetry } from './alarms-insights.ts'
import { routeApis } from './api.ts'
import { type Ground, openGround } from './backend.ts'
import { openBuckets } from './buckets.ts'
import { openHostStore } from './buckets-hosts.ts'
import { openPages, PAGES_CONTAINER } from './buckets-pages.ts'
import { openBudget } from './budget.ts'
import { openBus, subscribeToBus } from './bus.ts'
import { subscribeToStripe } from './bus-stripe.ts'
import { nameRoutes, routeFiles } from './cdn.ts'
import { type Edge, openEdge } from './cdn-edge.ts'
import { openDashboard } from './dashboard.ts'
import { openFilmsKey } from './films-key.ts'
import { deployFunctions, functionOutputs } from './functions.ts'
import { deployJobs } from './jobs.ts'
import { openIdentities } from './permissions.ts'
import { openRoles } from './permissions-roles.ts'
import { grantUses } from './permissions-uses.ts'
import { openQueues } from './queues.ts'
import { mediaRepository, openRegistry } from './registry.ts'
import { timersOf } from './schedules.ts'
import { openVault, secretNames } from './secrets.ts'
import { subscribeToObjects } from './storage-events.ts'

/** All of one environment on Azure. What each part is for stands in the file of its name. */
export class AzureStack extends SkyreelStack {
  constructor(app: App, options: StackOptions) {
    super(app, options)
    timersOf(this.plan)
    const ground = openGround(this)
    const stores = openStores(this, ground)
    const [edge, telemetry] = [openEdge(this, ground), openTelemetry(this, ground)]
    openWork(this, ground, { stores, edge, telemetry })
    routeAll(this, ground, { stores, edge })
    const { bus, objects, queues, buckets, registry } = stores
    openAlarms(this, ground, { telemetry, queues, bus, objects, edge: edge.profile, data: buckets.account })
    openDashboard(this, ground, telemetry)
    openBudget(this, ground)
    this.tell({
      origin: originOf(this.place),
      imageRepository: mediaRepository(registry),
      ...{ functions: functionOutputs(this), secrets: secretNames(this.place) },
      pages: `${ground.names.pagesAccount}/${PAGES_CONTAINER}`,
      edge: `${ground.names.frontDoor}/${ground.names.endpoint}`,
    })
  }
}

type Stores = ReturnType<typeof openStores>

/** What the functions work with. */
function openStores(stack: SkyreelStack, ground: Ground) {
  const buckets = openBuckets(stack, ground)
  const queues = openQueues(stack, buckets.account)
  const bus = openBus(stack, ground)
  subscribeToBus(stack, bus, { buckets, queues })
  subscribeToStripe(stack, ground, { buckets, queues })
  const vault = openVault(stack, ground)
  openFilmsKey(stack, ground, vault)
  return {
    ...{ buckets, queues, bus, objects: subscribeToObjects(stack, ground, { buckets, queues }) },
    vault,
    registry: openRegistry(stack, ground),
    roles: openRoles(stack, ground),
  }
}

/** The jobs, then the functions, some of which start them. */
function openWork(
  stack: SkyreelStack,
  ground: Ground,
  { stores, edge, telemetry }: { stores: Stores; edge: Edge; telemetry: Telemetry },
): void {
  const { workspace, insights } = telemetry
  const parts = { ground, identities: openIdentities(stack, ground), bus: stores.bus.endpoint }
  const jobs = deployJobs(stack, { ...parts, registry: stores.registry, workspaceId: workspace.id })
  grantUses(stack, parts.identities, { ...stores, jobs })
  const hosts = openHostStore(stack, ground)
  deployFunctions(stack, { ...parts, hosts, insights, edge: edge.profile })
}

/** Pages and films from their stores, all other paths from the APIs; and our name for all of them. */
function routeAll(
  stack: SkyreelStack,
  ground: Ground,
  { stores: { buckets }, edge }: { stores: Stores; edge: Edge },
): void {
  const files = routeFiles(stack, edge, { pages: openPages(stack, ground), buckets })
  nameRoutes(stack, edge, [...files, ...routeApis(stack, edge)])
}
