import { awsEvents } from '../../adapters/aws/events.ts'
import type { SqsReceipt } from '../../adapters/aws/events-batch.ts'
import { awsHttp, awsHttpStream } from '../../adapters/aws/http.ts'
import { openAwsLog } from '../../adapters/aws/log.ts'
import { awsSchedule } from '../../adapters/aws/schedule.ts'
import { openIds } from '../../adapters/node/ids.ts'
import { loadOnce } from '../../adapters/node/load-once.ts'
import type { CronFunction, HttpFunction, OnFunction } from '../../core/run/function.ts'
import type { Log } from '../../core/run/log.ts'
import { bucketNames, logLevel, trustedHops } from './cloud-env.ts'
import { type LateManifest, loadConsumer, loadMount, loadScheduled } from './cloud-load.ts'

// Loaded in each bundle before its first event can be taken: no SDK and no business code in here.

/** An API: `handler` for API Gateway, ALB and Function URLs, `stream` for Function URLs that stream. */
export function httpEntry(name: string, manifest: LateManifest<HttpFunction>) {
  const { log, ids, ports } = common(name)
  const options = { log, ids, ...trustedHops(process.env) }
  const mount = loadOnce(() => loadMount(manifest, ports))
  return { handler: awsHttp(mount, options), stream: awsHttpStream(mount, options) }
}

/** A reaction to events, in whatever form they come: SQS, EventBridge, SNS, or S3's own. */
export function onEntry(name: string, manifest: LateManifest<OnFunction>) {
  const { log, ids, ports } = common(name)
  const options = { log, ids, buckets: bucketNames(process.env), delay: delayedBySqs() }
  return { handler: awsEvents(() => loadConsumer(manifest, ports), options) }
}

/** Work that EventBridge Scheduler starts. */
export function cronEntry(name: string, manifest: LateManifest<CronFunction>) {
  const { log, ids, ports } = common(name)
  return { handler: awsSchedule(() => loadScheduled(manifest, ports), { log, ids }) }
}

function common(name: string) {
  const log = openAwsLog({ service: name, level: logLevel(process.env) })
  return { log, ids: openIds(), ports: loadOnce(() => openPorts(log)) }
}

async function openPorts(log: Log) {
  const [{ openAwsPorts }, { cloudConfig }] = await Promise.all([
    import('../../adapters/aws/ports.ts'),
    import('./cloud-config.ts'),
  ])
  return openAwsPorts({ env: process.env, log, config: cloudConfig(process.env) }).ports
}

/** Puts off messages of SQS; its client is loaded for the first of them. */
function delayedBySqs() {
  const opened = loadOnce(async () => {
    const [{ openQueueDelay }, { readAwsConfig }, { openAwsCredentials }] = await Promise.all([
      import('../../adapters/aws/queue-delay.ts'),
      import('../../adapters/aws/config.ts'),
      import('../../adapters/aws/credentials.ts'),
    ])
    return openQueueDelay({
      config: readAwsConfig(process.env),
      credentials: openAwsCredentials(process.env),
    })
  })
  return async ({ eventSourceARN, receiptHandle }: SqsReceipt, seconds: number): Promise<void> => {
    const putOff = await opened()
    await putOff({ queueArn: eventSourceARN, receiptHandle }, seconds)
  }
}
