import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

// By its file: it has no entry for createRequire.
const FAUXQS = new URL('../../../scripts/clouds/node_modules/fauxqs/dist/app.js', import.meta.url)
const RULES = new URL('./sqs/sqsTypes.js', FAUXQS)

/** What we use of fauxqs. Its own types are there only where it is installed. */
interface Server {
  readonly port: number
  stop(): Promise<void>
  createQueue(name: string, options?: { attributes?: Record<string, string> }): { queueArn: string }
  createTopic(name: string): { topicArn: string }
  subscribe(options: { topic: string; queue: string; attributes?: Record<string, string> }): void
  sendMessage(queue: string, body: string): unknown
  inspectQueue(name: string): { messages: Record<'ready' | 'delayed' | 'inflight', unknown[]> } | undefined
}

export interface Fauxqs extends Omit<Server, 'stop' | 'port'>, AsyncDisposable {
  readonly endpoint: string
  /** What a queue's URL begins with. */
  readonly queues: string
}

/** Why SQS and SNS cannot be stood in for; `undefined` where they can. */
export function fauxqsMissing(): string | undefined {
  const there = existsSync(fileURLToPath(FAUXQS))
  return there ? undefined : 'fauxqs is not installed: npm ci --prefix scripts/clouds'
}

/** SQS and SNS in this process, on a free port. It checks no signatures. */
export async function openFauxqs(): Promise<Fauxqs> {
  const { startFauxqs } = (await import(FAUXQS.href)) as {
    startFauxqs(options: { port: number; logger: boolean }): Promise<Server>
  }
  await takeEveryPlane()
  const server = await startFauxqs({ port: 0, logger: false })
  const endpoint = `http://127.0.0.1:${server.port}`
  return {
    ...{ endpoint, queues: `${endpoint}/000000000000/` },
    createQueue: (name, options) => server.createQueue(name, options),
    createTopic: (name) => server.createTopic(name),
    subscribe: (options) => server.subscribe(options),
    sendMessage: (queue, body) => server.sendMessage(queue, body),
    inspectQueue: (name) => server.inspectQueue(name),
    [Symbol.asyncDispose]: () => server.stop(),
  }
}

/**
 * fauxqs 2.4 refuses what lies beyond the first 65,536 characters, emoji among them; SQS takes it.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 */
async function takeEveryPlane(): Promise<void> {
  const { INVALID_MESSAGE_BODY_CHAR: rule } = (await import(RULES.href)) as {
    INVALID_MESSAGE_BODY_CHAR: RegExp
  }
  const refused = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u
  rule.test = (text) => refused.test(text)
}
