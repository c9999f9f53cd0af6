import { setTimeout as sleep } from 'node:timers/promises'
import type { HttpMount } from '../../../core/http/mount.ts'
import { noContent, ok } from '../../../core/http/response.ts'

/** What the consumers were given, and how streams ended. */
export const seen: unknown[] = []

const text = (value: string) => new TextEncoder().encode(value)
const EVENTS = { 'content-type': 'text/event-stream' }

async function* untilClosed(how: { frames: number; bytes: number }, signal?: AbortSignal) {
  let sent = 0
  try {
    for (; sent < how.frames && !signal?.aborted; sent++) yield new Uint8Array(how.bytes).fill(46)
  } finally {
    seen.push({ closed: sent })
  }
}

async function* twoEvents() {
  yield text('data: 1\n\n')
  await sleep(20)
  yield text('data: 2\n\n')
}

/** A source that heeds nothing: it waits for an event that never comes. */
async function* silent() {
  yield text('data: 1\n\n')
  await new Promise(() => undefined)
}

async function* broken() {
  yield text('some')
  await sleep(30)
  throw new Error('the disk is gone')
}

/** The answers of the fixture by the first segment of the path; any other path tells the request. */
export const answers: Readonly<Record<string, HttpMount['handle']>> = {
  seen: async () => ok(seen),
  cookies: async () => ({
    status: 200,
    cookies: [
      'Sid=a%20b; Path=/; Expires=Wed, 21 Oct 2037 07:28:00 GMT; Max-Age=60; HttpOnly; Secure; SameSite=Strict',
      'theme=dark; Path=/watch; Domain=example.com; SameSite=Lax; Priority=High',
    ],
    body: 'x',
  }),
  bytes: async ({ body }) => ({ status: 200, body }),
  gzip: async ({ body }) => ({
    status: 200,
    headers: { 'content-type': 'text/html', 'content-encoding': 'gzip' },
    body,
  }),
  empty: async () => noContent(),
  unicode: async () => ({ status: 200, headers: { 'x-name': '\u540d' } }),
  throw: async () => {
    throw new Error('boom', { cause: new Error('the reason') })
  },
  hang: () => new Promise(() => undefined),
  wait: async ({ query }, ctx) => {
    await sleep(30)
    return ok({ requestId: ctx.requestId, n: query.get('n') })
  },
  'two-events': async () => ({ status: 200, headers: EVENTS, body: twoEvents() }),
  silent: async () => ({ status: 200, headers: EVENTS, body: silent() }),
  flood: async () => ({ status: 200, body: untilClosed({ frames: 4096, bytes: 65_536 }) }),
  drip: async (_, { signal }) => ({
    status: 200,
    headers: EVENTS,
    body: (async function* () {
      yield* untilClosed({ frames: 1, bytes: 8 })
      while (!signal.aborted) {
        yield text(': still here\n\n')
        await sleep(10)
      }
      seen.push({ closed: 'drip' })
    })(),
  }),
  stuck: async () => ({ status: 200, body: silent() }),
  broken: async () => ({ status: 200, body: broken() }),
  short: async () => ({
    status: 200,
    headers: { 'content-length': '400000000' },
    body: untilClosed({ frames: 4096, bytes: 65_536 }),
  }),
}
