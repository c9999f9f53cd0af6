import type { App } from 'cdktf'
import { originOf } from '../shared/host.ts'
import { SkyreelStack, type StackOptions } from '../shared/skyreel-stack.ts'
import { layAlarms, openChannels } from './alarms.ts'
import { layLetterAlarms } from './alarms-letters.ts'
import { keepLogs } from './alarms-logs.ts'
import { watchedOf } from './alarms-watched.ts'
import { layApis } from './api.ts'
import { keepState, openProvider } from './backend.ts'
import { type Buckets, layBuckets } from './buckets.ts'
import { layBudget } from './budget.ts'
import { type Bus, layBus } from './bus.ts'
import { type Edge, layEdge } from './cdn.ts'
import { layCertificate } from './certificates.ts'
import { layDashboard } from './dashboard.ts'
import { type FilmsKey, grantFilmsKey, layFilmsKey } from './films-key.ts'
import { type Functions, functionOutputs, layFunctions } from './functions.ts'
import { grantJobs, layJobs } from './jobs.ts'
import { layNetwork } from './network.ts'
import { type Identities, openBuilder, openCallers, openIdentities } from './permissions.ts'
import { defineRoles, type Roles } from './permissions-roles.ts'
import { grantUses } from './permissions-uses.ts'
import { layQueues } from './queues.ts'
import { layRegistry, type Registry } from './registry.ts'
import { laySchedules } from './schedules.ts'
import { laySecrets, type Secrets, secretOutputs } from './secrets.ts'
import { enableApis } from './settings-apis.ts'
import { layStorageEvents, type StoreEvents } from './storage-events.ts'

/** What everything else stands on. */
interface Ground {
  readonly roles: Roles
  readonly identities: Identities
  readonly buckets: Buckets
  readonly secrets: Secrets
  readonly bus: Bus
  readonly registry: Registry
  readonly filmsKey: FilmsKey
}

/** Google Cloud: one environment, or a preview in it. */
export class GcpStack extends SkyreelStack {
  constructor(app: App, options: StackOptions) {
    super(app, options)
    keepState(this)
    openProvider(this)
    const ground = this.#ground()
    const functions = layFunctions(this, { ...ground, builder: openBuilder(this) })
    const store = this.#reactions(ground, functions)
    const edge = this.#edge(ground, functions)
    this.#watch(store)
    this.#outputs(ground, edge)
    enableApis(this)
  }

  #ground(): Ground {
    const ground = {
      roles: defineRoles(this),
      identities: openIdentities(this),
      buckets: layBuckets(this),
      secrets: laySecrets(this),
      bus: layBus(this),
      registry: layRegistry(this),
      filmsKey: layFilmsKey(this),
    }
    grantUses(this, ground.identities, ground)
    grantFilmsKey(this, ground)
    grantJobs(this, { ...ground, jobs: layJobs(this, ground) })
    return ground
  }

  #reactions({ bus, buckets }: Ground, functions: Functions): StoreEvents {
    const callers = openCallers(this)
    const dead = layQueues(this, { bus, functions, callers })
    laySchedules(this, { functions, callers })
    return layStorageEvents(this, { buckets, functions, callers, dead })
  }

  #edge({ buckets, roles }: Ground, functions: Functions): Edge {
    const network = layNetwork(this)
    const certificate = layCertificate(this)
    return layEdge(this, { buckets, roles, network, certificate, apis: layApis(this, functions) })
  }

  #watch(store: StoreEvents): void {
    const channels = openChannels(this)
    const watched = watchedOf(this, store)
    keepLogs(this)
    layAlarms(this, channels, watched)
    layLetterAlarms(this, channels)
    layDashboard(this, watched)
    layBudget(this, channels)
  }

  #outputs({ registry, secrets, buckets }: Ground, { routes }: Edge): void {
    this.tell({
      origin: originOf(this.place),
      imageRepository: registry.mediaImage,
      functions: functionOutputs(this),
      secrets: secretOutputs(secrets),
      pages: buckets.pages.name,
      edge: routes.name,
    })
  }
}
