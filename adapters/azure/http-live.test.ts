import { createServer, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { atClientsPace } from './http-live.ts'

let response: ServerResponse
let leave: () => void
let stop: () => Promise<void>
beforeEach(async () => {
  const asked = Promise.withResolvers<ServerResponse>()
  const server = createServer((_, given) => asked.resolve(given))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const client = request({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' })
  // It leaves before an answer.
  client.on('error', () => undefined)
  client.end()
  leave = () => void client.destroy()
  stop = async () => {
    client.destroy()
    await new Promise((resolve) => server.close(resolve))
  }
  response = await asked.promise
})
afterEach(() => stop())

/** A source that heeds nothing and tells how often it was closed. */
function aSource(steps: readonly (() => Promise<IteratorResult<Uint8Array>>)[]) {
  let at = 0
  const source = {
    closed: 0,
    next: () => steps[at++]?.() ?? Promise.resolve({ done: true as const, value: undefined }),
    return: async () => {
      source.closed += 1
      return { done: true as const, value: undefined }
    },
    [Symbol.asyncIterator]: () => source,
  }
  return source
}
const bytes = async () => ({ done: false as const, value: new Uint8Array(1) })
const never = () => new Promise<never>(() => undefined)
const breaks = () => Promise.reject(new Error('the disk is gone'))

function opened(source: AsyncIterable<Uint8Array>) {
  const told: unknown[] = []
  const ended = (how: string) => void told.push(how)
  const broke = (error: unknown) => void told.push(String(error))
  return { told, stream: atClientsPace(source, response, { ended, broke }) }
}

describe('a body at the pace of the client', () => {
  it('ends when the client leaves, although its source waits on', async () => {
    const { stream } = opened(aSource([never]))
    const step = stream.next()
    leave()
    expect(await step).toEqual({ done: true, value: undefined })
  })
  it('closes its source once when the client leaves', async () => {
    const source = aSource([never])
    const { stream, told } = opened(source)
    const step = stream.next()
    leave()
    await step
    await stream.return?.()
    expect([source.closed, told]).toEqual([1, ['left']])
  })
  it('takes nothing from its source once the client has left', async () => {
    const source = aSource([bytes])
    const { stream } = opened(source)
    const closed = new Promise((resolve) => response.once('close', resolve))
    leave()
    await closed
    expect(await stream.next()).toEqual({ done: true, value: undefined })
  })
  it('tells when it came to its end', async () => {
    const { stream, told } = opened(aSource([bytes]))
    await Array.fromAsync(stream)
    expect(told).toEqual(['whole'])
  })
  it('cuts the connection when its source breaks', async () => {
    const { stream, told } = opened(aSource([breaks]))
    await Array.fromAsync(stream)
    expect([response.destroyed, told]).toEqual([true, ['Error: the disk is gone', 'left']])
  })
})
