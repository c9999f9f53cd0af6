import { QueueServiceClient, StorageSharedKeyCredential } from '@azure/storage-queue'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  ACCOUNT,
  ACCOUNT_KEY,
  type Azurite,
  azuriteMissing,
  openAzurite,
} from '../../adapters/azure/testing/azurite.ts'
import type { Invocation } from '../../adapters/azure/testing/functions-host-wire.ts'
import { type AzureQueues, openAzureQueues } from './azure-queues.ts'
import { openLogs } from './logs.ts'

const SETTINGS = {
  functionTimeout: '00:00:10',
  extensions: { queues: { maxDequeueCount: 2, visibilityTimeout: '00:00:01', batchSize: 8 } },
}
const WAIT = { timeout: 20_000 }

const missing = azuriteMissing()
const why = missing === undefined ? '' : ` (skipped: ${missing})`
describe.skipIf(missing !== undefined)(`a storage queue before a function${why}`, () => {
  let azurite: Azurite
  let queueName = ''
  let listened = ''
  let triggers: AzureQueues
  let heard: Invocation[]
  let answer: () => void
  let made = 0
  beforeAll(async () => {
    azurite = await openAzurite()
  })
  afterAll(() => azurite?.[Symbol.asyncDispose]())
  beforeEach(async () => {
    made++
    queueName = `test-listener-${made}`
    listened = queueName
    await azurite.makeQueue(queueName)
    heard = []
    answer = () => undefined
    const invoke = async (_app: string, invocation: Invocation) => {
      heard.push(invocation)
      answer()
    }
    const listenerOf = async () => ({ trigger: 'listener', queueName: listened })
    triggers = openAzureQueues({
      standIns: { queueEndpoint: azurite.queueEndpoint, queues: new Map([['listener', queueName]]) },
      apps: { invoke, listenerOf, settings: async () => SETTINGS },
      logs: openLogs(),
    })
  })
  afterEach(() => triggers[Symbol.asyncDispose]())

  const queue = () => {
    const by = new StorageSharedKeyCredential(ACCOUNT, ACCOUNT_KEY)
    return new QueueServiceClient(azurite.queueEndpoint, by).getQueueClient(queueName)
  }
  const left = async () => (await queue().getProperties()).approximateMessagesCount
  const counts = () => heard.map(({ metadata }) => metadata?.DequeueCount)
  const ofThis = async () => (await triggers.givenUp()).filter((line) => line.includes(queueName))
  const fails = () => {
    throw new Error('out of memory')
  }

  it('is emptied of what the function has taken', async () => {
    await queue().sendMessage('one')
    await expect.poll(async () => [heard.length, await left()], WAIT).toEqual([1, 0])
  })
  it('brings texts as they lie in it', async () => {
    await queue().sendMessage('{"a":"<ä> & b"}')
    await expect.poll(() => heard.map(({ data }) => data), WAIT).toEqual([{ string: '{"a":"<ä> & b"}' }])
  })
  it('brings again what the function has thrown at, and counts', async () => {
    answer = () => heard.length === 1 && fails()
    await queue().sendMessage('one')
    await expect.poll(counts, WAIT).toEqual([{ json: '1' }, { json: '2' }])
  })
  it('gives up what fails again and again, and says so', async () => {
    answer = fails
    await queue().sendMessage('one')
    await expect.poll(ofThis, WAIT).toEqual([`in ${queueName}-poison: one`])
  })
  it('brings nothing to a function that listens to another queue, and says so', async () => {
    listened = 'test-other'
    await queue().sendMessage('one')
    const says = `events of listener are in ${queueName}, it listens to test-other`
    await expect.poll(ofThis, WAIT).toEqual([says])
    expect(heard).toEqual([])
  })
})
