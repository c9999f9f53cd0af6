import { objectCreated } from '../../core/run/storage-event.ts'
import { done, drop, retry } from '../../core/run/verdict.ts'
import { toWire } from '../../core/run/wire-event.ts'
import type { AnyEvent } from '../../events/catalog.ts'
import type { EventCase, EventDelivery, StoredFacts } from './event-case.ts'
import { bytesOf } from './http-case.ts'

export const BUCKETS = { uploads: 'skyreel-uploads', media: 'skyreel-media' } as const

const anEvent = (n: number, userId = 'usr_1'): AnyEvent => ({
  id: `evt_${String(n).padStart(32, '0')}`,
  type: 'user.registered',
  source: '/skyreel/outbox',
  time: '2026-01-02T03:04:05.678Z',
  data: { userId },
})
const idOf = (n: number) => anEvent(n).id

const facts = (more: Partial<StoredFacts> = {}): StoredFacts => ({
  bucketName: BUCKETS.uploads,
  key: 'films/vid_1/source',
  sizeBytes: 1_048_576,
  etag: 'd41d8cd98f00b204e9800998ecf8427e',
  version: '16',
  time: '2026-01-02T03:04:05.678Z',
  how: 'put',
  ...more,
})

/** The neutral event of a write, which all platforms' forms must decode to. */
const writtenEvent = ({ key, sizeBytes, etag, version, time }: StoredFacts): AnyEvent =>
  objectCreated({ bucket: 'uploads', key, sizeBytes, etag, version, time })

function storageCase(name: string, ...writes: readonly StoredFacts[]): EventCase {
  return {
    name,
    deliveries: writes.map((write) => ({ carry: 'storage', facts: write })),
    settled: writes.map(() => 'settled'),
    consumes: writes.map(writtenEvent),
  }
}

const KEYS = [
  ['key with a space', 'films/red flower.mp4'],
  ['key with a plus', 'films/red+flower.mp4'],
  ['key with space, plus, percent and UTF-8', 'films/vid_1/red flower+1 100% ä 漢 😀.mp4'],
  ['key that looks encoded', 'films/a%20b+c.mp4'],
  ['key with quotes, ampersand and question mark', 'films/a"b\'c&d=e?f#g;h,i.mp4'],
  ['key of 900 bytes', `films/${'k'.repeat(894)}`],
] as const

const STORAGE: readonly EventCase[] = [
  storageCase('write of an object', facts()),
  ...KEYS.map(([name, key]) => storageCase(name, facts({ key }))),
  storageCase('write of no bytes', facts({ sizeBytes: 0 })),
  storageCase('write of 80 gigabytes', facts({ sizeBytes: 85_899_345_920 })),
  storageCase('multipart write', facts({ how: 'multipart', etag: 'd41d8cd98f00b204e9800998ecf8427e-3' })),
  storageCase('copied object', facts({ how: 'copy' })),
  storageCase(
    'overwrite, out of order',
    facts({ version: '17', etag: 'b' }),
    facts({ version: '9', etag: 'a' }),
  ),
  storageCase('the same write told twice', facts(), facts()),
  {
    name: 'write to a foreign bucket',
    deliveries: [{ carry: 'storage', facts: facts({ bucketName: 'somebody-elses' }) }],
    settled: ['settled'],
    consumes: [],
  },
  { name: 'test event', deliveries: [{ carry: 'test' }], settled: ['settled'], consumes: [], keeps: [] },
]

const message = (event: AnyEvent, attempt?: number): EventDelivery => ({
  carry: 'queue',
  body: bytesOf(JSON.stringify(toWire(event))),
  ...(attempt === undefined ? {} : { attempt }),
})
const bus = (event: AnyEvent): EventDelivery => ({ carry: 'bus', event })

const ODD = [
  ['text that looks like a large number', '89e7073266'],
  ['text that looks like a rounded number', '35732122e2'],
  ['id of 19 digits', '9007199254740993123'],
  ['JSON within a text', '{"a":"{\\"b\\":1}"}'],
  ['UTF-8 and line separators', 'Zoë 漢字 😀 \u2028 \u2029'],
  ['text of 50 kB', 'x'.repeat(50_000)],
] as const

const carried = (name: string, event: AnyEvent, delivery: EventDelivery): EventCase => ({
  name,
  deliveries: [delivery],
  settled: ['settled'],
  consumes: [event],
})

const MESSAGES: readonly EventCase[] = [
  carried('event of the bus', anEvent(1), bus(anEvent(1))),
  carried('event of the queue', anEvent(1), message(anEvent(1))),
  ...ODD.map(([name, text]) => carried(`bus: ${name}`, anEvent(1, text), bus(anEvent(1, text)))),
  ...ODD.map(([name, text]) => carried(`queue: ${name}`, anEvent(1, text), message(anEvent(1, text)))),
  carried(
    'event with trace and subject',
    {
      ...anEvent(1),
      subject: 'usr_1',
      traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    },
    bus({
      ...anEvent(1),
      subject: 'usr_1',
      traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    }),
  ),
  { ...carried('third delivery of a message', anEvent(1), message(anEvent(1), 3)), attempt: 3 },
  {
    name: 'the same event told twice',
    deliveries: [bus(anEvent(1)), bus(anEvent(1))],
    settled: ['settled', 'settled'],
    consumes: [anEvent(1), anEvent(1)],
  },
]

function foreign(name: string, body: Uint8Array | string, keptAs?: 'base64'): EventCase {
  const bytes = typeof body === 'string' ? bytesOf(body) : body
  const encoding = keptAs ?? 'utf8'
  return {
    name,
    deliveries: [{ carry: 'queue', body: bytes }],
    settled: ['settled'],
    consumes: [],
    keeps: [{ body: Buffer.from(bytes).toString(encoding), encoding }],
  }
}

const FOREIGN: readonly EventCase[] = [
  foreign('message that is no JSON', 'hello'),
  foreign('message that is JSON of another form', '{"hello":"world"}'),
  foreign('message whose event is broken', '{"skyreel":1,"event":"{"}'),
  foreign(
    'message whose event has no id',
    JSON.stringify({ skyreel: 1, event: '{"type":"user.registered"}' }),
  ),
  foreign(
    'message of an event that the catalogue lacks',
    JSON.stringify({ skyreel: 1, event: JSON.stringify({ ...anEvent(1), type: 'no.such' }) }),
  ),
  foreign('message that is an array', '[{"skyreel":1}]'),
  foreign('message of no bytes', ''),
  foreign('message of bytes that are no UTF-8', Uint8Array.of(0x08, 0x01, 0xff, 0xfe, 0x80), 'base64'),
]

const verdictCase = (
  name: string,
  behaves: EventCase['behaves'],
  settled: EventCase['settled'],
  carry: (event: AnyEvent) => EventDelivery = message,
): EventCase => ({
  name,
  deliveries: settled.map((_, at) => carry(anEvent(at + 1))),
  ...(behaves ? { behaves } : {}),
  settled,
  consumes: settled.map((_, at) => anEvent(at + 1)),
})

const VERDICTS: readonly EventCase[] = [
  verdictCase('done', { [idOf(1)]: done }, ['settled']),
  verdictCase('drop', { [idOf(1)]: drop('of no use') }, ['settled']),
  verdictCase('retry', { [idOf(1)]: retry('not yet') }, ['again']),
  {
    ...verdictCase('retry after a delay', { [idOf(1)]: retry('not yet', 90) }, ['again']),
    laterSeconds: 90,
  },
  {
    ...verdictCase(
      'retry of an event of the bus after a delay',
      { [idOf(1)]: retry('not yet', 90) },
      ['again'],
      bus,
    ),
    laterSeconds: 90,
  },
  verdictCase('consumer that throws', { [idOf(1)]: { is: 'throws' } }, ['again']),
  verdictCase('consumer that hangs', { [idOf(1)]: { is: 'hangs' } }, ['again']),
  verdictCase('retry of an event of the bus', { [idOf(1)]: retry('not yet') }, ['again'], bus),
  verdictCase('drop of an event of the bus', { [idOf(1)]: drop('of no use') }, ['settled'], bus),
  verdictCase(
    'four messages of which one is retried and one throws',
    { [idOf(2)]: retry('not yet'), [idOf(3)]: { is: 'throws' } },
    ['settled', 'again', 'again', 'settled'],
  ),
  verdictCase('messages that all fail', { [idOf(1)]: retry('not yet'), [idOf(2)]: retry('not yet') }, [
    'again',
    'again',
  ]),
  {
    name: 'a message that cannot be read between two that can',
    deliveries: [message(anEvent(1)), { carry: 'queue', body: bytesOf('hello') }, message(anEvent(2))],
    settled: ['settled', 'settled', 'settled'],
    consumes: [anEvent(1), anEvent(2)],
    keeps: [{ body: 'hello', encoding: 'utf8' }],
  },
  { name: 'schedule', deliveries: [{ carry: 'schedule' }], settled: ['settled'], runs: 1 },
  {
    name: 'schedule whose work throws',
    deliveries: [{ carry: 'schedule' }],
    behaves: { schedule: { is: 'throws' } },
    settled: ['again'],
    runs: 1,
  },
]

export const EVENT_CASES: readonly EventCase[] = [...STORAGE, ...MESSAGES, ...FOREIGN, ...VERDICTS]
