import type { Cloud } from '../../cdktf/shared/environment.ts'
import { ASSUMED } from './assumptions.ts'
import type { Price, Quantity } from './price.ts'
import { AWS, AZURE, GCP, NEON } from './prices.ts'
import { type Calls, callsOf, gbSeconds, sumOf, type Usage } from './usage.ts'

const of = (what: string, price: Price, units: number): Quantity => ({ what, price, units })
const calls = (usage: Usage) => sumOf(callsOf(usage), (one) => one.calls)
const logGb = (usage: Usage) => (calls(usage) * ASSUMED.logBytesPerCall) / 1e9
const missedGb = (usage: Usage) => usage.deliveredGb * ASSUMED.edgeMisses
const fetches = (usage: Usage) => usage.edgeRequests * ASSUMED.edgeMisses
const messages = (usage: Usage) => usage.films * ASSUMED.messagesPerFilm
const sweeps = (usage: Usage) => sumOf(usage.sweeps, (one) => one.calls)
const GIB = 1e9 / 1024 ** 3

const aws = (usage: Usage): readonly Quantity[] => [
  of('API', AWS.apiRequest, usage.apiRequests),
  of('functions', AWS.functionCall, calls(usage)),
  of('functions', AWS.functionTime, sumOf(callsOf(usage), gbSeconds)),
  of('schedules', AWS.schedulerCall, sweeps(usage)),
  of('events and queues', AWS.busEvent, messages(usage) / 4),
  of('events and queues', AWS.queueRequest, messages(usage)),
  of('transcodes', AWS.jobCpu, usage.jobMinutes * usage.jobCpus),
  of('transcodes', AWS.jobMemory, usage.jobMinutes * usage.jobGb),
  of('transcodes', AWS.jobAddress, usage.jobMinutes),
  of('storage', AWS.stored, usage.storedGb),
  of('storage', AWS.written, usage.objectsWritten),
  of('storage', AWS.fetched, fetches(usage)),
  of('delivery', AWS.delivered, usage.deliveredGb + usage.answersGb),
  of('delivery', AWS.edgeRequest, usage.edgeRequests),
  of('logs', AWS.log, logGb(usage)),
]

const google = { stepMs: ASSUMED.googleStepMs }
/** Every function has one processor, whatever its memory. */
const cpuSeconds = (one: Calls) => gbSeconds({ ...one, memoryMb: 1024 }, google)

const gcp = (usage: Usage): readonly Quantity[] => [
  of('functions', GCP.functionCall, calls(usage)),
  of('functions', GCP.functionCpu, sumOf(callsOf(usage), cpuSeconds)),
  of(
    'functions',
    GCP.functionMemory,
    sumOf(callsOf(usage), (one) => gbSeconds(one, google)),
  ),
  of('events and queues', GCP.message, (messages(usage) * 1024) / 1024 ** 3),
  of('transcodes', GCP.jobCpu, usage.jobMinutes * 60 * usage.jobCpus),
  of('transcodes', GCP.jobMemory, usage.jobMinutes * 60 * usage.jobGb),
  of('storage', GCP.stored, usage.storedGb),
  of('storage', GCP.written, usage.objectsWritten),
  of('storage', GCP.fetched, fetches(usage)),
  of('delivery', GCP.delivered, (usage.deliveredGb + usage.answersGb) * GIB),
  of('delivery', GCP.filled, missedGb(usage) * GIB),
  of('delivery', GCP.balanced, (missedGb(usage) + usage.answersGb) * GIB),
  of('delivery', GCP.edgeRequest, usage.edgeRequests),
  of('logs', GCP.log, logGb(usage) * GIB),
]

const flex = { leastMs: ASSUMED.azureLeastMs, leastMb: ASSUMED.azureLeastMb }

const azure = (usage: Usage): readonly Quantity[] => [
  of('functions', AZURE.functionCall, calls(usage)),
  of(
    'functions',
    AZURE.functionTime,
    sumOf(callsOf(usage), (one) => gbSeconds(one, flex)),
  ),
  of('events and queues', AZURE.gridEvent, messages(usage) / 4),
  of('events and queues', AZURE.queueRequest, messages(usage)),
  of('transcodes', AZURE.jobCpu, usage.jobMinutes * 60 * usage.jobCpus),
  of('transcodes', AZURE.jobMemory, usage.jobMinutes * 60 * usage.jobGb),
  of('storage', AZURE.stored, usage.storedGb),
  of('storage', AZURE.written, usage.objectsWritten),
  of('storage', AZURE.fetched, fetches(usage)),
  of('delivery', AZURE.delivered, usage.deliveredGb + usage.answersGb),
  of('delivery', AZURE.filled, missedGb(usage)),
  of('delivery', AZURE.edgeRequest, usage.edgeRequests),
  of('logs', AZURE.log, logGb(usage)),
]

const neon = (usage: Usage): readonly Quantity[] => [
  of('database', NEON.compute, usage.databaseUnitHours),
  of('database', NEON.stored, ASSUMED.databaseGb),
]

const OF_CLOUD = { aws, gcp, azure } satisfies Record<Cloud, (usage: Usage) => readonly Quantity[]>

/** What a month's use is charged for on one cloud, the database beside it. */
export const quantitiesOf = (usage: Usage, cloud: Cloud): readonly Quantity[] => [
  ...OF_CLOUD[cloud](usage),
  ...neon(usage),
]
