import type { App } from 'cdktf'
import { originOf } from '../shared/host.ts'
import { SkyreelStack, type StackOptions } from '../shared/skyreel-stack.ts'
import { makeAlarms } from './alarms.ts'
import { makeApi } from './api.ts'
import { openBackend } from './backend.ts'
import { makeBuckets } from './buckets.ts'
import { closeBuckets } from './buckets-policies.ts'
import { makeBudget } from './budget.ts'
import { listenToBus, makeBus } from './bus.ts'
import { listenToStripe } from './bus-stripe.ts'
import { makeCdn } from './cdn.ts'
import { makeCdnKeys } from './cdn-keys.ts'
import { certify } from './certificates.ts'
import { makeDashboard } from './dashboard.ts'
import { makeFilmsKey } from './films-key.ts'
import { makeFunctions, told } from './functions.ts'
import { makeJobs } from './jobs.ts'
import { makeNetwork } from './network.ts'
import { makeQueues } from './queues.ts'
import { consumeQueues } from './queues-consumers.ts'
import { closeQueues } from './queues-policies.ts'
import { makeRegistry } from './registry.ts'
import { makeSchedules } from './schedules.ts'
import { makeSecrets } from './secrets.ts'
import { jobVariables, variablesOf } from './settings.ts'
import { openProviders } from './stack-provider.ts'
import { listenToStorage } from './storage-events.ts'

/** All of one environment on AWS. What each part is for stands in the file of its name. */
export class AwsStack extends SkyreelStack {
  constructor(app: App, options: StackOptions) {
    super(app, options)
    openBackend(this)
    const { edge } = openProviders(this)
    const ground = makeGround(this)
    const work = makeWork(this, ground)
    const { api, lambdas, scheduleDeadLetters } = work
    const { keyGroupId, buckets, consumers } = ground
    const cdn = makeCdn(this, { buckets, api, keyGroupId, certificateArn: certify(this, edge) })
    closeBuckets(this, buckets, cdn.arn)
    makeAlarms(this, { edge, api, cdn, consumers, lambdas, scheduleDeadLetters, jobs: work.jobs })
    makeBudget(this)
    makeDashboard(this, {
      ...{ apiId: api.id, distributionId: cdn.id, lambdas },
      queues: consumers.map(({ queue }) => queue.name),
      deadLetters: [...consumers.map(({ deadLetters }) => deadLetters), scheduleDeadLetters].map(
        ({ name }) => name,
      ),
    })
    this.tell({
      origin: originOf(this.place),
      imageRepository: ground.repository.repositoryUrl,
      functions: told(lambdas),
      ...{ secrets: ground.secrets, pages: buckets.pages.name, edge: cdn.id },
    })
  }
}

/** What the functions work with. */
function makeGround(stack: SkyreelStack) {
  const [buckets, secrets, bus, consumers] = [
    makeBuckets(stack),
    makeSecrets(stack),
    makeBus(stack),
    makeQueues(stack),
  ]
  const { keyId, groupId } = makeCdnKeys(stack)
  const filmsKeyArn = makeFilmsKey(stack)
  listenToBus(stack, bus, consumers)
  listenToStripe(stack, consumers)
  listenToStorage(stack, buckets, consumers)
  closeQueues(stack, consumers)
  const queueArns = consumers.map(({ queue }) => queue.arn)
  return {
    ...{ buckets, secrets, consumers, keyGroupId: groupId },
    repository: makeRegistry(stack),
    network: makeNetwork(stack),
    facts: { place: stack.place, buckets, busName: bus.name, cdnKeyId: keyId, filmsKeyArn },
    reachable: { buckets, secrets, busArn: bus.arn, queueArns, filmsKeyArn },
  }
}

/** The functions and jobs, and what starts them. */
function makeWork(stack: SkyreelStack, ground: ReturnType<typeof makeGround>) {
  const { facts, reachable, network, consumers, repository } = ground
  const jobs = makeJobs(stack, { reachable, repository, variables: (fn) => variablesOf(fn, facts) })
  const lambdas = makeFunctions(stack, {
    ...{ consumers, reachable: { ...reachable, jobs } },
    variables: (fn) => ({ ...variablesOf(fn, facts), ...(fn.uses.jobs ? jobVariables(jobs, network) : {}) }),
  })
  consumeQueues(stack, consumers, lambdas)
  return { jobs, lambdas, api: makeApi(stack, lambdas), scheduleDeadLetters: makeSchedules(stack, lambdas) }
}
