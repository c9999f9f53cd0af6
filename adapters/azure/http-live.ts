import { subscribe } from 'node:diagnostics_channel'
import type { IncomingMessage, ServerResponse } from 'node:http'

/**
 * With `enableHttpStream` the host asks over HTTP and the library answers by a `ServerResponse` that it does not show:
 * it writes without heed of a slow client and goes on after one has left. Node tells of each request that a server takes
 * (https://nodejs.org/api/diagnostics_channel.html#http), so the response of an invocation can be found.
 * `undefined` where the host takes whole answers.
 */
export function findLiveResponses(): (invocationId: string) => ServerResponse | undefined {
  const live = new Map<string, ServerResponse>()
  subscribe('http.server.request.start', (message) => {
    const { request, response } = message as { request: IncomingMessage; response: ServerResponse }
    const id = request.headers['x-ms-invocation-id']
    if (typeof id !== 'string') return
    live.set(id, response)
    response.once('close', () => live.delete(id))
  })
  return (id) => live.get(id)
}

export interface LiveOptions {
  /** Told once when the body is over: `left` when the client went before its end. */
  readonly ended: (how: 'whole' | 'left') => void
  /** Told when the source breaks; the connection is cut then, which is how a client learns. */
  readonly broke: (error: unknown) => void
}

type Step = IteratorResult<Uint8Array>
const DONE: Step = { done: true, value: undefined }

/** The body at the pace of the client, closed as soon as it leaves. */
export function atClientsPace(
  body: AsyncIterable<Uint8Array>,
  response: ServerResponse,
  { ended, broke }: LiveOptions,
): AsyncIterableIterator<Uint8Array> {
  const source = body[Symbol.asyncIterator]()
  let over = false
  let wake = (): void => undefined
  const finish = (how: 'whole' | 'left'): Step => {
    if (over) return DONE
    over = true
    response.off('close', leave)
    if (how === 'left') source.return?.().catch(broke)
    ended(how)
    wake()
    return DONE
  }
  const leave = () => void finish('left')
  const breakOff = (error: unknown): Step => {
    broke(error)
    response.destroy()
    return finish('left')
  }
  const step = async (): Promise<Step> => {
    await drained(response)
    if (over || response.destroyed) return finish('left')
    const found = await source.next()
    return found.done ? finish('whole') : found
  }
  response.once('close', leave)
  const iterator: AsyncIterableIterator<Uint8Array> = {
    next: () =>
      new Promise((resolve) => {
        // A source that waits for its next event must not keep the invocation of a client that has left.
        wake = () => resolve(DONE)
        if (over) wake()
        else void step().catch(breakOff).then(resolve)
      }),
    return: async () => finish('left'),
    [Symbol.asyncIterator]: () => iterator,
  }
  return iterator
}

function drained(response: ServerResponse): Promise<void> | undefined {
  if (!response.writableNeedDrain) return undefined
  return new Promise((resolve) => {
    const settle = () => {
      response.off('drain', settle).off('close', settle)
      resolve()
    }
    response.once('drain', settle).once('close', settle)
  })
}
