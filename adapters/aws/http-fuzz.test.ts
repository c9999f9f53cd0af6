import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { HttpMount } from '../../core/http/mount.ts'
import { ok } from '../../core/http/response.ts'
import type { Decoded } from '../../core/run/consumer.ts'
import { memoryLog } from '../local/testing/log.ts'
import { openIds } from '../node/ids.ts'
import { awsHttp } from './http.ts'
import { decodeAwsEvent } from './queue-events.ts'

const FOLDER = new URL('../../events/samples/aws/', import.meta.url)
const natives: unknown[] = readdirSync(FOLDER).map(
  (file) => JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')).native,
)
const buckets = { uploads: 'skyreel-uploads', media: 'skyreel-media' }

type Path = readonly (string | number)[]

/** Every place of a value, the deepest too. */
function places(value: unknown, at: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [at]
  return [at, ...Object.entries(value).flatMap(([name, inner]) => places(inner, [...at, name]))]
}

const NAMES = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'Records',
  'detail-type',
  'Type',
  'skyreel',
]
const strange = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom(
    null,
    true,
    -1,
    1e308,
    2 ** 53,
    '',
    '%',
    '\0',
    '\ud800',
    [],
    {},
    [[]],
    '__proto__',
    '//',
    '/%00',
  ),
  fc.string({ unit: 'binary' }),
  fc.dictionary(fc.constantFrom(...NAMES), fc.jsonValue({ maxDepth: 1 })),
)

/** The JSON text of a sample in which a place is dropped, replaced, or given one more name. */
const mutated = fc
  .record({ native: fc.constantFrom(...natives), times: fc.integer({ min: 1, max: 4 }) })
  .chain(({ native, times }) =>
    fc.record({
      native: fc.constant(native),
      changes: fc.array(
        fc.record({
          place: fc.constantFrom(...places(native)),
          how: fc.constantFrom('drop', 'replace', 'add'),
          name: fc.constantFrom(...NAMES),
          value: strange,
        }),
        { minLength: times, maxLength: times },
      ),
    }),
  )
  .map(({ native, changes }) => JSON.stringify(changes.reduce(mutate, structuredClone(native))) ?? 'null')

interface Change {
  readonly place: Path
  readonly how: string
  readonly name: string
  readonly value: unknown
}

// A copy: the constants above are one object each, which later changes would write into, and into itself in the end.
function mutate(native: unknown, { place, how, name, value: given }: Change): unknown {
  const value = structuredClone(given)
  const last = place.at(-1)
  const parent = place
    .slice(0, -1)
    .reduce<unknown>((at, step) => (at as Record<string, unknown>)?.[step], native)
  if (last === undefined || typeof parent !== 'object' || parent === null)
    return how === 'replace' ? value : native
  const fields = parent as Record<string, unknown>
  if (how === 'drop') delete fields[last]
  // As JSON.parse does, which makes `__proto__` a field like any other.
  else
    Object.defineProperty(fields, how === 'add' ? name : last, {
      value,
      enumerable: true,
      configurable: true,
      writable: true,
    })
  return native
}

const RUNS = { numRuns: 3000 }

function isWellFormed(decoded: Decoded): boolean {
  if (decoded.is === 'ignored') return typeof decoded.because === 'string'
  if (decoded.is === 'foreign')
    return typeof decoded.message.body === 'string' && !decoded.message.body.includes('\0')
  const { id, type, source, time, data } = decoded.event
  const attempt = decoded.attempt ?? 1
  const texts = [id, type, source, time].every((text) => typeof text === 'string' && text !== '')
  return texts && typeof data === 'object' && Number.isSafeInteger(attempt) && attempt >= 1
}

describe('whatever comes', () => {
  it('as a request is answered, and never as a fault of ours', async () => {
    // Everything is read: what is read late must not fail late either.
    const handle: HttpMount['handle'] = async (request) => {
      const { method, path, query, headers, cookies, body, clientIp } = request
      const texts = [
        method,
        path,
        clientIp,
        ...query.keys(),
        ...Object.values(headers),
        ...Object.values(cookies),
      ]
      if (!texts.every((text) => typeof text === 'string')) throw new Error('something is no text')
      return ok({ bytes: body.byteLength })
    }
    const handler = awsHttp(async () => ({ handle, timeoutSeconds: 5 }), { log: memoryLog(), ids: openIds() })
    await fc.assert(
      fc.asyncProperty(mutated, async (native) => (await handler(JSON.parse(native))).statusCode < 500),
      RUNS,
    )
  })
  it('as an event is decoded into well-formed ones', () => {
    fc.assert(
      fc.property(mutated, (native) => decodeAwsEvent(JSON.parse(native), buckets).every(isWellFormed)),
      RUNS,
    )
  })
  it('in a message of a queue is decoded into well-formed ones', () => {
    const record = (body: string) => ({ eventSource: 'aws:sqs', body, attributes: {} })
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), mutated), (body) => {
        expect(decodeAwsEvent({ Records: [record(body)] }, buckets).every(isWellFormed)).toBe(true)
      }),
      RUNS,
    )
  })
})
