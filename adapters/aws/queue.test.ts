import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { describe, expect, it } from 'vitest'
import { queueContract } from '../../core/ports/queue.contract.ts'
import { clientOptions } from './config.ts'
import { openAwsQueue } from './queue.ts'
import { openQueueDelay } from './queue-delay.ts'
import { TEST_CREDENTIALS, testConfig } from './testing/config.ts'
import { fauxqsMissing, openFauxqs } from './testing/fauxqs.ts'

async function open() {
  const fauxqs = await openFauxqs()
  const queues = `${fauxqs.queues}skyreel-`
  const arns = ['transcode-starter', 'media-uploaded'].map((n) => fauxqs.createQueue(`skyreel-${n}`).queueArn)
  const config = testConfig({ queues, endpoints: { sqs: fauxqs.endpoint } })
  const access = { config, credentials: async () => TEST_CREDENTIALS }
  const client = new SQSClient(clientOptions(access, 'sqs'))
  /** One message, in flight from then on. */
  const receive = async (consumer: string, seconds: number) => {
    const QueueUrl = `${queues}${consumer}`
    const want = new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: seconds, MaxNumberOfMessages: 1 })
    return (await client.send(want)).Messages?.[0]
  }
  const take = async (consumer: string, seconds: number) => {
    const message = await receive(consumer, seconds)
    if (!message) return undefined
    const QueueUrl = `${queues}${consumer}`
    await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message.ReceiptHandle }))
    return message.Body
  }
  const [arn = ''] = arns
  return {
    ...{ access, queue: openAwsQueue(access), take, receive, arn },
    [Symbol.asyncDispose]: async () => {
      client.destroy()
      await fauxqs[Symbol.asyncDispose]()
    },
  }
}

const missing = fauxqsMissing()

describe.skipIf(missing !== undefined)(`SQS${missing === undefined ? '' : ` (skipped: ${missing})`}`, () => {
  queueContract('SQS by fauxqs', open)

  it.each(['\ufffe', '\uffff'])('brings a character that SQS refuses: %j', async (character) => {
    await using at = await open()
    await at.queue.send('transcode-starter', JSON.stringify({ text: character }))
    const text = await at.take('transcode-starter', 10)
    expect(JSON.parse(text ?? '')).toEqual({ text: character })
  })
  it('says which consumer has no queue, and what SQS said', async () => {
    await using at = await open()
    await expect(at.queue.send('nobody', '{}')).rejects.toMatchObject({
      message: 'a message for nobody was not queued',
      cause: { name: 'QueueDoesNotExist' },
    })
  })
  it('brings a received message again at once when it is put off for no time', async () => {
    await using at = await open()
    await at.queue.send('transcode-starter', '{"n":1}')
    const first = await at.receive('transcode-starter', 10)
    const record = { queueArn: at.arn, receiptHandle: first?.ReceiptHandle ?? '' }
    await openQueueDelay(at.access)(record, 0)
    expect((await at.receive('transcode-starter', 10))?.MessageId).toBe(first?.MessageId)
  })
  it('brings a received message again when its delay is over, and not before', async () => {
    await using at = await open()
    await at.queue.send('transcode-starter', '{"n":1}')
    const first = await at.receive('transcode-starter', 10)
    const record = { queueArn: at.arn, receiptHandle: first?.ReceiptHandle ?? '' }
    await openQueueDelay(at.access)(record, 1.5)
    const answers = [await at.receive('transcode-starter', 0), await at.receive('transcode-starter', 10)]
    expect(answers.map((message) => message?.MessageId)).toEqual([undefined, first?.MessageId])
  })
  it('fails to put off a message whose receipt is unknown', async () => {
    await using at = await open()
    const delay = openQueueDelay(at.access)
    await expect(delay({ queueArn: at.arn, receiptHandle: 'x' }, 1)).rejects.toThrow('put off')
  })
})
