import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { lambdaRuntimeMissing, openLambda } from '../../adapters/aws/testing/lambda-runtime.ts'
import { type FunctionsHost, openFunctionsHost } from '../../adapters/azure/testing/functions-host.ts'
import { openFunctionsFramework } from '../../adapters/gcp/testing/functions-framework.ts'
import { azureTrigger } from '../../functions/entry/azure-trigger.ts'
import { type Cloud, type Deployed, deployedFunctions } from './deployed.ts'
import { builtOnce } from './testing/built-once.ts'
import { deploymentEnv } from './testing/deployment-env.ts'
import { cloudEvents, gridEvents, httpApi, lambdaEvents } from './testing/native-events.ts'

// Every bundle, under the runtime that its platform runs it with, outside of the checkout: an import that was not
// bundled finds nothing. No database: what needs one must fail as the platform wants it, and go on.

const functions = await deployedFunctions()
const ofKind = (kind: Deployed['manifest']['kind']) =>
  functions.map(({ manifest }) => manifest).filter((manifest) => manifest.kind === kind)

let built = ''
beforeAll(async () => {
  built = await builtOnce()
}, 240_000)

const deployed = (cloud: Cloud, name: string) => ({
  bundleFolder: join(built, cloud, name),
  env: deploymentEnv[cloud],
})

const noLambda = lambdaRuntimeMissing()
describe.skipIf(noLambda)(`Lambda's runtime${noLambda ? ` (${noLambda})` : ''}`, () => {
  const open = (name: string, handler = 'index.handler') => openLambda({ ...deployed('aws', name), handler })

  it.each(ofKind('http'))('$name answers a path that is not there', async ({ name }) => {
    await using lambda = await open(name)
    expect(await lambda.invoke(httpApi('/v1/nowhere'))).toMatchObject({
      answer: { statusCode: 404, body: expect.stringContaining('"no-such-route"') },
    })
  })
  it.each(ofKind('http'))('$name streams for a Function URL', async ({ name }) => {
    await using lambda = await open(name, 'index.stream')
    expect(await lambda.invoke(httpApi('/v1/nowhere'))).toMatchObject({
      stream: { prelude: { statusCode: 404 } },
    })
  })
  it.each(ofKind('on'))('$name takes an event of no concern', async ({ name }) => {
    await using lambda = await open(name)
    expect(await lambda.invoke(lambdaEvents.ofNoConcern)).toEqual({ answer: null })
  })
  it.each(ofKind('on'))('$name gives a message back that it cannot keep', async ({ name }) => {
    await using lambda = await open(name)
    expect(await lambda.invoke(lambdaEvents.unreadable)).toEqual({
      answer: { batchItemFailures: [{ itemIdentifier: 'm-1' }] },
    })
  })
  it.each(ofKind('cron'))('$name runs, and says that it failed', async ({ name }) => {
    await using lambda = await open(name)
    expect(await lambda.invoke({})).toMatchObject({ error: { errorMessage: `${name} failed` } })
  })
})

describe("Google's functions-framework", () => {
  const open = (name: string, signatureType: 'http' | 'cloudevent' = 'http') =>
    openFunctionsFramework({ ...deployed('gcp', name), target: name, signatureType })
  const event = ({ type, data }: { type: string; data: object }): RequestInit => ({
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...{ 'ce-specversion': '1.0', 'ce-id': 'e-1', 'ce-type': type, 'ce-source': '//x' },
      'ce-time': '2026-01-02T03:04:05.678Z',
    },
    body: JSON.stringify(data),
  })

  it.each(ofKind('http'))('$name answers a path that is not there', async ({ name }) => {
    await using framework = await open(name)
    const answer = await framework.send('/v1/nowhere')
    expect({ status: answer.status, ...((await answer.json()) as object) }).toMatchObject({
      status: 404,
      code: 'no-such-route',
    })
  })
  it.each(ofKind('on'))('$name takes an event of no concern', async ({ name }) => {
    await using framework = await open(name, 'cloudevent')
    const { status } = await framework.send('/', event(cloudEvents.ofNoConcern as never))
    expect({ status, said: framework.output() }).toMatchObject({ status: 204 })
  })
  it.each(ofKind('on'))('$name gives a message back that it cannot keep', async ({ name }) => {
    await using framework = await open(name, 'cloudevent')
    const { status } = await framework.send('/', event(cloudEvents.unreadable as never))
    expect({ status, said: framework.output() }).toMatchObject({
      status: 500,
      said: expect.stringContaining('an event could not be handled'),
    })
  })
  it.each(ofKind('cron'))('$name is started with POST alone', async ({ name }) => {
    await using framework = await open(name)
    expect((await framework.send('/')).status).toBe(405)
  })
})

describe("Azure's functions library", () => {
  const open = (name: string) => openFunctionsHost(deployed('azure', name))
  const data = (native: unknown) => ({ json: JSON.stringify(native) })

  it.each(functions)('$manifest.name has the trigger of its kind', async ({ manifest }) => {
    await using host = await open(manifest.name)
    const { name } = manifest
    const own = [[name, `${azureTrigger(manifest)}Trigger`]]
    // What is replayed or was postponed comes by a queue to these, too.
    const all = azureTrigger(manifest) === 'eventGrid' ? [...own, [`${name}-queue`, 'queueTrigger']] : own
    expect(host.functions.map((fn) => [fn.name, fn.trigger])).toEqual(all)
  })
  it.each(ofKind('http'))('$name answers a path that is not there', async ({ name }) => {
    await using host = await open(name)
    const answer = await fetch(`${host.url}/v1/nowhere`)
    expect({ status: answer.status, ...((await answer.json()) as object) }).toMatchObject({
      status: 404,
      code: 'no-such-route',
    })
  })
  it.each(ofKind('on'))('$name takes an event of no concern', async ({ name }) => {
    await using host = await open(name)
    expect((await host.invoke({ name, data: data(gridEvents.ofNoConcern) })).error).toBeUndefined()
  })
  it.each(ofKind('on'))('$name gives a message back that it cannot keep', async ({ name }) => {
    await using host = await open(name)
    const { error } = await host.invoke({ name, data: data(gridEvents.unreadable) })
    expect({ threw: error !== undefined, said: saidBy(host) }).toMatchObject({
      threw: true,
      said: expect.stringContaining('an event must be delivered again'),
    })
  })
  it.each(ofKind('cron'))('$name runs, and says that it failed', async ({ name }) => {
    await using host = await open(name)
    await host.invoke({ name, data: data({ IsPastDue: false }) })
    expect(saidBy(host)).toContain('a scheduled run failed')
  })
})

/** Through the invocation or past it. */
const saidBy = (host: FunctionsHost) => `${host.output()}${JSON.stringify(host.lines)}`
