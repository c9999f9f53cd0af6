import { randomBytes } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  CreateBucketCommand,
  type Event,
  PutBucketNotificationConfigurationCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { CreateTopicCommand, SNSClient } from '@aws-sdk/client-sns'
import type { BucketNames } from '../../../core/run/storage-event.ts'
import { openRadosgw } from './radosgw.ts'

export interface Buckets extends AsyncDisposable {
  readonly endpoint: string
  readonly region: string
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string }
  readonly names: BucketNames
}

/** A notification as S3 sends it: `{ Records: [...] }`. */
export type Notified = (notification: unknown) => void | Promise<void>

/** Two fresh buckets on radosgw. `notified` gets the notifications of both; writes wait until it has resolved. */
export async function openBuckets(notified: Notified = () => undefined): Promise<Buckets> {
  const { endpoint, ...credentials } = await openRadosgw()
  const region = 'us-east-1'
  const receiver = await listen(notified)
  const at = { endpoint, region, credentials, forcePathStyle: true }
  const s3 = new S3Client(at)
  const run = randomBytes(6).toString('hex')
  const names = { uploads: `uploads-${run}`, media: `media-${run}` }
  // The gateway's topics live in its zone group, which has this name whatever the buckets' region is.
  const sns = new SNSClient({ ...at, region: 'default' })
  const push = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`
  const Attributes = { 'push-endpoint': push, persistent: 'false' }
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: `created-${run}`, Attributes }))
  for (const Bucket of Object.values(names)) {
    await s3.send(new CreateBucketCommand({ Bucket }))
    const Events: Event[] = ['s3:ObjectCreated:*']
    const TopicConfigurations = [{ Id: 'created', TopicArn, Events }]
    const NotificationConfiguration = { TopicConfigurations }
    await s3.send(new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration }))
  }
  const dispose = async () => {
    for (const client of [s3, sns]) client.destroy()
    receiver.closeAllConnections()
    await new Promise((resolve) => receiver.close(resolve))
  }
  return { endpoint, region, credentials, names, [Symbol.asyncDispose]: dispose }
}

async function listen(notified: Notified): Promise<Server> {
  const server = createServer(async (request, response) => {
    const chunks = await Array.fromAsync(request as AsyncIterable<Buffer>)
    try {
      await notified(asS3(JSON.parse(Buffer.concat(chunks).toString())))
    } catch {
      response.statusCode = 500
    }
    response.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

interface Record {
  readonly s3: { readonly object: { readonly key: string } }
}

/** S3 writes a key as a form does; radosgw leaves it as it is. */
function asS3(notification: { Records: Record[] }) {
  const encode = (key: string) => encodeURIComponent(key).replaceAll('%20', '+').replaceAll('%2F', '/')
  const record = (one: Record) => ({
    ...one,
    s3: { ...one.s3, object: { ...one.s3.object, key: encode(one.s3.object.key) } },
  })
  return { ...notification, Records: notification.Records.map(record) }
}
