import { describe, expect, it } from 'vitest'
import { memoryLog } from '../../adapters/local/testing/log.ts'
import { answerRequest, DeadlineReached } from './mount.ts'
import type { HttpRequest } from './request.ts'
import type { HttpResponse } from './response.ts'

const request: HttpRequest = {
  ...{ method: 'GET', path: '/', query: new URLSearchParams(), headers: {}, cookies: {} },
  ...{ body: new Uint8Array(), params: {}, clientIp: '' },
}

/** A request whose time is up before its handler has answered with `late`. */
async function outOfTime(late: Promise<HttpResponse>) {
  const [log, deadline] = [memoryLog(), new AbortController()]
  const ctx = { requestId: 'r', traceparent: 't', signal: deadline.signal, log }
  const answered = answerRequest(
    () => late,
    () => request,
    ctx,
  )
  deadline.abort(new DeadlineReached('the time is up'))
  return { answer: await answered, log }
}

describe('a request that runs out of time', () => {
  it('is answered 504', async () => {
    const { answer } = await outOfTime(new Promise(() => undefined))
    expect(answer.status).toBe(504)
  })
  it('leaves no stream open that its handler answers later', async () => {
    const late = Promise.withResolvers<HttpResponse>()
    await outOfTime(late.promise)
    let closed = false
    const next = () => new Promise<never>(() => undefined)
    const end = async () => {
      closed = true
      return { done: true, value: undefined } as const
    }
    late.resolve({ status: 200, body: { [Symbol.asyncIterator]: () => ({ next, return: end }) } })
    await expect.poll(() => closed).toBe(true)
  })
  it('tells of an error that comes later', async () => {
    const late = Promise.withResolvers<HttpResponse>()
    const { log } = await outOfTime(late.promise)
    late.reject(new Error('the disk is gone'))
    await expect
      .poll(() => log.lines.map(({ message }) => message))
      .toEqual(['request ran out of time', 'request failed when its time was over'])
  })
})
