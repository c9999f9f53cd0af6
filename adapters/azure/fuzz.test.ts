import { createRequire } from 'node:module'
import { HttpResponse as NativeResponse } from '@azure/functions'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type HttpResponse, ok } from '../../core/http/response.ts'
import type { Decoded } from '../../core/run/consumer.ts'
import { readEvent } from '../../core/run/wire-event.ts'
import { openIds } from '../node/ids.ts'
import { azureEventGridHttp } from './events-http.ts'
import { azureHttp } from './http.ts'
import { cookieFromLine } from './http-cookies.ts'
import { checkCarried, responseToAzure } from './http-response.ts'
import { openAzureLog } from './log.ts'
import { decodeAzureGridEvents, decodeAzureQueueEvents } from './queue-events.ts'
import {
  BUCKETS,
  EVENT_SAMPLES,
  HTTP_SAMPLES,
  nativeMessage,
  nativeRequest,
  silentInvocation,
} from './testing/functions-host-samples.ts'

const log = openAzureLog({ write: () => undefined })
const options = { log, ids: openIds(), buckets: BUCKETS }

const NAMES = [
  '__proto__',
  'constructor',
  'toString',
  'valueOf',
  'toJSON',
  'length',
  'then',
  'hasOwnProperty',
]
const strange = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    '',
    0,
    -1,
    1e308,
    2 ** 53,
    [],
    {},
    '\u0000',
    '\ud800',
    '%',
    '%00',
    '/..',
  ),
  fc.jsonValue({ maxDepth: 2 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(...NAMES).map((name) => JSON.parse(`{"${name}":"x"}`)),
)
/** Which field, counted over the whole sample, becomes what; `undefined` drops it. */
const change = fc.record({
  at: fc.nat(400),
  to: fc.oneof(strange, fc.constant(undefined)),
  name: fc.option(fc.constantFrom(...NAMES), { nil: '', freq: 1 }),
})
const changes = fc.array(change, { minLength: 1, maxLength: 4 })
type Change = { readonly at: number; readonly to: unknown; readonly name: string }

function slotsOf(value: unknown): [Record<string, unknown>, string][] {
  if (typeof value !== 'object' || value === null) return []
  const holder = value as Record<string, unknown>
  return Object.keys(holder).flatMap((name) => [
    [holder, name] as [Record<string, unknown>, string],
    ...slotsOf(holder[name]),
  ])
}

/** A copy with the changes, as a parser of JSON would make it. */
function mutated(sample: unknown, made: readonly Change[]): unknown {
  const whole: Record<string, unknown> = { sample: structuredClone(sample) }
  for (const { at, to: given, name } of made) {
    const slots = slotsOf(whole)
    const [holder, key] = slots[at % slots.length] ?? [whole, 'sample']
    const to = structuredClone(given)
    if (name !== '' && !Array.isArray(holder)) put(holder, name, to)
    else if (to === undefined) delete holder[key]
    else holder[key] = to
  }
  return whole.sample
}

/** Own, also where the name is one of the prototype's. */
const put = (holder: object, name: string, value: unknown) =>
  Object.defineProperty(holder, name, { value, enumerable: true, configurable: true, writable: true })

function expectWellFormed(decoded: readonly Decoded[]): void {
  for (const one of decoded) {
    if (one.is === 'event') expect(readEvent(JSON.parse(JSON.stringify(one.event)))).toBeDefined()
    else if (one.is === 'ignored') expect(one.because).toBeTypeOf('string')
    else
      expect(one.message).toEqual({
        body: expect.any(String),
        encoding: expect.stringMatching(/^(utf8|base64)$/),
        because: expect.any(String),
      })
  }
}

describe('whatever comes', () => {
  it.each(EVENT_SAMPLES)('instead of $name is decoded to something well formed', (sample) => {
    fc.assert(
      fc.property(changes, (made) => {
        const native = mutated(sample.native, made)
        expectWellFormed(decodeAzureGridEvents(native, BUCKETS))
        expectWellFormed(decodeAzureQueueEvents(native, native as object, BUCKETS))
      }),
      { numRuns: 150 },
    )
  })

  it('as the text of a queue message is decoded to something well formed', () => {
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc.constantFrom('89e7073266', '1e999', 'NaN'),
    )
    fc.assert(
      fc.property(texts, (text) => {
        expectWellFormed(decodeAzureQueueEvents(nativeMessage(text), undefined, BUCKETS))
        expectWellFormed(decodeAzureQueueEvents(new TextEncoder().encode(text), undefined, BUCKETS))
      }),
    )
  })

  it('as bytes of a queue message is decoded to something well formed', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expectWellFormed(decodeAzureQueueEvents(bytes, undefined, BUCKETS))
      }),
    )
  })

  it.each(HTTP_SAMPLES)(
    'instead of $name gets an answer below 500, where the library lets it through',
    async (sample) => {
      const mount = { timeoutSeconds: 10, handle: async (request: object) => ok(Object.keys(request)) }
      const handler = azureHttp(async () => mount, options)
      let through = 0
      await fc.assert(
        fc.asyncProperty(changes, async (made) => {
          const native = builtByLibrary(mutated(sample.native, made))
          if (!native) return
          through += 1
          const { status } = (await handler(native, silentInvocation())) as { status: number }
          expect(status).toBeLessThan(500)
        }),
        { numRuns: 150 },
      )
      expect(through).toBeGreaterThan(20)
    },
  )

  it('over the web hook of Event Grid is never answered 4xx', async () => {
    const consumer = {
      name: 'x',
      timeoutSeconds: 10,
      consume: async () => ({ is: 'done' as const }),
      keep: async () => undefined,
      postpone: async () => undefined,
    }
    const handler = azureEventGridHttp(async () => consumer, options)
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...EVENT_SAMPLES), changes, async ({ native }, made) => {
        const body = { bytes: Buffer.from(JSON.stringify(mutated(native, made)) ?? '').toString('base64') }
        const request = nativeRequest({
          http: {
            method: 'POST',
            url: 'https://h/hook',
            headers: { 'aeg-event-type': 'Notification' },
            body,
          },
        })
        expect(await handler(request, silentInvocation())).toMatchObject({ status: 200 })
      }),
    )
  })
})

describe('whatever we answer', () => {
  // The library's own, which throws for what it does not take.
  const { serialize } = createRequire(import.meta.resolve('@azure/functions'))('cookie')
  const words = fc.constantFrom(
    'Path=/',
    'Domain=a.b',
    'Max-Age=1',
    'Expires=0',
    'SameSite=Lax',
    ';',
    '=',
    '; ',
  )
  const lines = fc
    .array(fc.oneof(words, fc.string({ unit: 'binary', maxLength: 12 })))
    .map((parts) => parts.join('; '))

  it('as a cookie is refused, or taken by the library', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          lines,
          lines.map((line) => `a=${line}`),
        ),
        (line) => {
          const { cookie } = cookieFromLine(line)
          if (cookie) {
            const { name, value, sameSite, ...rest } = cookie
            expect(serialize(name, value, { ...rest, sameSite: sameSite?.toLowerCase() })).toBeTypeOf(
              'string',
            )
          }
        },
      ),
      { numRuns: 1000 },
    )
  })

  it('as a status and headers is refused, or taken by the library', () => {
    const names = fc.oneof(fc.string({ maxLength: 8 }), fc.constantFrom('content-type', 'x-name', ''))
    const headers = fc.dictionary(names, fc.string({ unit: 'binary', maxLength: 8 }), { maxKeys: 3 })
    let taken = 0
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 700 }), headers, (status, given) => {
        const answer = { status, headers: given }
        if (!isCarried(answer)) return
        taken += 1
        expect(new NativeResponse(responseToAzure(answer, log)).status).toBe(status)
      }),
      { numRuns: 1000 },
    )
    expect(taken).toBeGreaterThan(20)
  })
})

function isCarried(answer: HttpResponse): boolean {
  try {
    checkCarried(answer)
    return true
  } catch {
    return false
  }
}

/** The host would answer what the library does not take. */
function builtByLibrary(native: unknown) {
  try {
    return nativeRequest(native as { http: object })
  } catch {
    return undefined
  }
}
