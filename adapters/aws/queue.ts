import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { checkMessage, type Queue } from '../../core/ports/queue.ts'
import { type AwsAccess, clientOptions } from './config.ts'

/** Each consumer's own SQS queue: its URL is the deployment's prefix and the consumer's name. */
export function openAwsQueue(access: AwsAccess): Queue {
  const client = new SQSClient(clientOptions(access, 'sqs'))
  return {
    async send(consumer, body, { delaySeconds = 0 } = {}) {
      checkMessage(body)
      const QueueUrl = `${access.config.queues}${consumer}`
      const message = { QueueUrl, MessageBody: storable(body), DelaySeconds: Math.ceil(delaySeconds) }
      try {
        await client.send(new SendMessageCommand(message))
      } catch (cause) {
        throw new Error(`a message for ${consumer} was not queued`, { cause })
      }
    },
  }
}

/**
 * SQS refuses these two characters, which XML 1.0 does not have. JSON has them within strings alone, where their escapes
 * say the same.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 */
const storable = (json: string): string =>
  json.replace(/[\ufffe\uffff]/g, (character) => `\\u${character.charCodeAt(0).toString(16)}`)
