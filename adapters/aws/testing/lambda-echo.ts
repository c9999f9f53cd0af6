import type { HttpMount } from '../../../core/http/mount.ts'
import { json } from '../../../core/http/response.ts'
import type { Consumer } from '../../../core/run/consumer.ts'
import { done, retry } from '../../../core/run/verdict.ts'
import { openIds } from '../../node/ids.ts'
import { awsEvents } from '../events.ts'
import { awsHttp, awsHttpStream } from '../http.ts'
import { openAwsLog } from '../log.ts'
import { awsSchedule } from '../schedule.ts'

// What the tests of the runtime deploy: it tells what has reached it, and misbehaves on demand.

const options = { log: openAwsLog({ service: 'echo' }), ids: openIds() }
const buckets = { uploads: 'skyreel-uploads', media: 'skyreel-media' }

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

const PAGES: Readonly<Record<string, HttpMount['handle']>> = {
  '/throw': async () => {
    throw new Error('GET https://h/p?signature=hush failed', { cause: new Error('its cause') })
  },
  '/slow': async () => {
    await sleep(60_000)
    return json(200, {})
  },
  '/bytes': async () => ({ status: 200, body: Uint8Array.from([0x08, 0x01, 0x12, 0xff, 0xfe, 0x80]) }),
  '/empty': async () => ({ status: 204, cookies: ['a=1', 'b=2'] }),
  '/endless': async (_, ctx) => ({
    status: 200,
    headers: { 'content-type': 'text/event-stream' },
    cookies: ['a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT', 'b=2'],
    body: endless(ctx),
  }),
  '/flood': async (_, ctx) => ({ status: 200, body: flood(ctx) }),
  '/breaks': async () => ({ status: 200, body: breaks() }),
}

async function* endless({ log }: Parameters<HttpMount['handle']>[1]): AsyncIterable<Uint8Array> {
  const line = Buffer.from(`data: ${'x'.repeat(1000)}\n\n`)
  let sent = 0
  try {
    for (;;) {
      yield line
      sent += 1
      await sleep(1)
    }
  } finally {
    log.info('the stream is closed', { sent })
  }
}

async function* flood({ log }: Parameters<HttpMount['handle']>[1]): AsyncIterable<Uint8Array> {
  let sent = 0
  try {
    for (; ; sent += 1) {
      yield Buffer.alloc(65_536)
      await sleep(0)
    }
  } finally {
    log.info('the flood is closed', { sent })
  }
}

async function* breaks(): AsyncIterable<Uint8Array> {
  yield Buffer.from('a part')
  throw new Error('the stream breaks')
}

const mount = async (): Promise<HttpMount> => ({
  timeoutSeconds: 5,
  handle: async (request, ctx) => {
    const page = PAGES[request.path]
    if (page) return page(request, ctx)
    const { method, path, clientIp, headers, cookies } = request
    const body = Buffer.from(request.body).toString('base64')
    return json(200, {
      method,
      path,
      query: [...request.query],
      clientIp,
      headers,
      cookies,
      body,
      trace: ctx.traceparent,
    })
  },
})

const consumer = async (): Promise<Consumer> => ({
  name: 'echo',
  timeoutSeconds: 5,
  consume: async (event, attempt, { log }) => {
    log.info('consumed', { subject: event.subject, attempt })
    if (event.subject === 'fails') throw new Error('GET https://h/p?signature=hush failed')
    return event.subject === 'again' ? retry('on demand') : done
  },
  keep: async ({ because }, { log }) => log.info('kept', { because }),
  postpone: async () => undefined,
})

export const handler = awsHttp(mount, options)
export const stream = awsHttpStream(mount, options)
export const events = awsEvents(consumer, { ...options, buckets })
export const schedule = awsSchedule(
  async () => ({ name: 'tick', timeoutSeconds: 5, run: async ({ log }) => log.info('ticked') }),
  options,
)
/** Callbacks are gone with Node 24. */
export const callback = (_event: unknown, _context: unknown, done: (error: null, answer: string) => void) => {
  done(null, 'called back')
}
export const exits = async () => process.exit(3)
export const hangs = async ({ ms }: { ms: number }) => {
  await sleep(ms)
  return 'awake'
}
