import { azuriteMissing } from '../../adapters/azure/testing/azurite.ts'
import { opensslMissing } from '../../adapters/azure/testing/certificate.ts'
import type { EventGrid } from '../../adapters/azure/testing/event-grid.ts'
import type { WireAnswer, WireRequest } from '../conformance/http-case.ts'
import { sendOverWire } from '../conformance/wire-client.ts'
import { type AzureApps, openAzureApps } from './azure-apps.ts'
import { openAzureQueues } from './azure-queues.ts'
import { type AzureStandIns, openAzureStandIns } from './azure-stand-ins.ts'
import type { CloudUnderTest, DeployedCloud, Ground } from './cloud.ts'

/**
 * Azure without an account: the real @azure/functions in a process for each function app, Azurite, and servers that
 * speak for Event Grid, Key Vault, the managed identity, Container Apps jobs and Front Door.
 */
export const azure: CloudUnderTest = {
  name: 'azure',
  missing: () => azuriteMissing() ?? opensslMissing(),
  open,
}

async function open(ground: Ground): Promise<DeployedCloud> {
  const stack = new AsyncDisposableStack()
  try {
    let standIns: AzureStandIns | undefined
    const apps = openAzureApps(ground, () => ({ ...standIns?.env, ...FRONT_DOOR }))
    standIns = stack.use(await openAzureStandIns(ground))
    const { grid } = standIns
    const queues = stack.use(openAzureQueues({ standIns, apps, logs: ground.logs }))
    // Put away first: the queue triggers, which wait for an answer of theirs, then have one.
    stack.use(apps)
    return {
      answer: (name, request) => answer(apps, name, request),
      fire: (name) => apps.invoke(name, { name, data: { json: JSON.stringify(TIMER) } }),
      givenUp: async () => [...(await undelivered(grid)), ...(await queues.givenUp())],
      processes: apps.processes,
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    }
  } catch (error) {
    await stack.disposeAsync()
    throw error
  }
}

/** One proxy of ours stands before the apps: it appends the client's address, and the platform the proxy's. */
const FRONT_DOOR = { SKYREEL_TRUSTED_HOPS: '1' }

async function answer(apps: AzureApps, name: string, request: WireRequest): Promise<WireAnswer> {
  const { host } = await apps.running(name)
  const front = ({ headers, clientIp }: WireRequest) => [...headers, ['x-forwarded-for', clientIp] as const]
  return sendOverWire({ port: Number(new URL(host.url).port), front }, request)
}

/** https://learn.microsoft.com/azure/azure-functions/functions-bindings-timer */
const TIMER = { Schedule: { AdjustForDST: true }, IsPastDue: false }

/** A delivery that is still under way is waited for. */
async function undelivered(grid: EventGrid): Promise<readonly string[]> {
  await grid.idle()
  return grid.deadLetters.map(
    ({ subscription, because }) => `Event Grid gave up on ${subscription}: ${because}`,
  )
}
