import { ChangeMessageVisibilityCommand, SQSClient } from '@aws-sdk/client-sqs'
import { type AwsAccess, clientOptions } from './config.ts'

/** What names a message that was received, and its queue. */
export interface ReceivedMessage {
  readonly queueArn: string
  readonly receiptHandle: string
}

/** SQS gives a message back after twelve hours at the latest, counted from when it was received. */
const LONGEST_SECONDS = 43_200

/**
 * Puts off the next delivery of a message that was received and will be reported as failed: by itself it would come again
 * when the queue's visibility time-out is over. Throws where SQS no longer knows the receipt.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibility.html
 */
export function openQueueDelay(
  access: AwsAccess,
): (message: ReceivedMessage, seconds: number) => Promise<void> {
  const client = new SQSClient(clientOptions(access, 'sqs'))
  return async ({ queueArn, receiptHandle }, seconds) => {
    const VisibilityTimeout = Math.min(Math.max(0, Math.ceil(seconds)), LONGEST_SECONDS)
    const QueueUrl = queueUrl(access, queueArn)
    const command = new ChangeMessageVisibilityCommand({
      ...{ QueueUrl, VisibilityTimeout },
      ReceiptHandle: receiptHandle,
    })
    try {
      await client.send(command)
    } catch (cause) {
      throw new Error(`a message of ${queueArn} could not be put off`, { cause })
    }
  }
}

/** `arn:aws:sqs:<region>:<account>:<name>`; the host of our own queues is known, and is right in every partition. */
function queueUrl({ config }: AwsAccess, arn: string): string {
  const [, , service, , account, name] = arn.split(':')
  if (service !== 'sqs' || !account || !name) throw new Error(`not the ARN of a queue: ${arn}`)
  return `${new URL(config.queues).origin}/${account}/${name}`
}
