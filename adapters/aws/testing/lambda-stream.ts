import type { IncomingMessage } from 'node:http'

/** An answer as it comes. The next invocation waits until it has ended, read or left. */
export interface LambdaStream {
  /** Status and headers where the function sends HTTP, else undefined. */
  readonly prelude: unknown
  /** Throws where the function breaks off. */
  readonly body: AsyncIterable<Uint8Array>
  /**
   * What Lambda does when the client is gone: it takes the rest and drops it, and the function never hears of it.
   * https://docs.aws.amazon.com/lambda/latest/dg/configuration-response-streaming.html
   */
  leave(): void
  /** When the runtime has said its last word. Never rejects. */
  readonly ended: Promise<void>
}

const HTTP = 'application/vnd.awslambda.http-integration-response'
/** Between prelude and body: https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode-lambda.html */
const DELIMITER = Buffer.alloc(8)

/** Resolves with the prelude. Rejects when the runtime breaks off before it. */
export async function readStream(request: IncomingMessage): Promise<LambdaStream> {
  const chunks = request.iterator({ destroyOnReturn: false })
  const isHttp = request.headers['content-type'] === HTTP
  const { prelude, rest } = isHttp ? await readPrelude(chunks) : { prelude: undefined, rest: Buffer.alloc(0) }
  const ended = new Promise<void>((resolve) => request.once('end', resolve).once('close', resolve))
  async function* body(): AsyncIterable<Uint8Array> {
    if (rest.length > 0) yield rest
    yield* chunks
    const type = request.trailers['lambda-runtime-function-error-type']
    if (type !== undefined) throw new Error(`the function broke off: ${type}`)
  }
  return { prelude, body: body(), leave: () => request.resume(), ended }
}

async function readPrelude(chunks: AsyncIterator<Buffer>): Promise<{ prelude: unknown; rest: Buffer }> {
  let read = Buffer.alloc(0)
  for (;;) {
    const step = await chunks.next()
    if (step.done) throw new Error(`the stream ends within its prelude: ${read}`)
    read = Buffer.concat([read, step.value])
    const end = read.indexOf(DELIMITER)
    if (end < 0) continue
    const rest = read.subarray(end + DELIMITER.length)
    return { prelude: JSON.parse(read.subarray(0, end).toString()), rest }
  }
}
