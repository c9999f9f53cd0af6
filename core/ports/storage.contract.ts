import { expect } from 'vitest'
import type { AnyEvent } from '../../events/catalog.ts'
import { contract, type Gap, type Open } from '../run/contract.ts'
import {
  KeyRefused,
  RangeRefused,
  removeAll,
  type SignedRequest,
  type Storage,
  StorageFailed,
} from './storage.ts'

export interface OpenedStorage {
  readonly storage: Storage
  /** Events that the store has emitted so far. */
  readonly created: readonly AnyEvent[]
  /** Sends a signed request as a client does, over the wire. */
  send(request: SignedRequest, body: Uint8Array): Promise<{ status: number }>
  /** Reads a `readUrl` as the media tools do. */
  read(url: string): Promise<Uint8Array>
  /** A time at which signed requests are good, and one at which they are not. */
  readonly later: Date
  readonly past: Date
}

export const bytes = (text: string) => new TextEncoder().encode(text)
const PLAIN = { contentType: 'text/plain' }

export async function readAll(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

async function textOf(
  storage: Storage,
  key: string,
  range?: { start: number; end?: number },
): Promise<string | undefined> {
  const found = await storage.get('media', key, range)
  return found && readAll(found.body)
}

async function* streamed(...parts: string[]) {
  for (const part of parts) yield bytes(part)
}

async function keysOf(
  storage: Storage,
  options: { prefix: string; after?: string; limit?: number },
): Promise<string[]> {
  return (await storage.list('media', { limit: 1000, ...options })).map((object) => object.key)
}

/** Every promise of the Storage port, but what concerns multipart uploads. */
export function objectContract(title: string, open: Open<OpenedStorage>, gaps: readonly Gap[] = []): void {
  contract(`${title}: objects`, open, gaps, (rule) => {
    rule('gives back the bytes that were put', async ({ storage }) => {
      await storage.put('media', 'a/b.txt', bytes('hello'), PLAIN)
      expect(await textOf(storage, 'a/b.txt')).toBe('hello')
    })
    rule('takes a stream', async ({ storage }) => {
      await storage.put('media', 'a', streamed('one ', 'two'), PLAIN)
      expect(await textOf(storage, 'a')).toBe('one two')
    })
    rule('keeps an object of no bytes', async ({ storage }) => {
      await storage.put('media', 'empty', new Uint8Array(), PLAIN)
      expect(await textOf(storage, 'empty')).toBe('')
    })
    rule('answers undefined for what is not there', async ({ storage }) => {
      expect([await storage.get('media', 'no'), await storage.head('media', 'no')]).toEqual([
        undefined,
        undefined,
      ])
    })
    rule('tells size, type and etag by head as put did', async ({ storage }) => {
      const put = await storage.put('media', 'a', bytes('12345'), { contentType: 'video/mp4' })
      expect(put).toMatchObject({ key: 'a', sizeBytes: 5, contentType: 'video/mp4' })
      expect(await storage.head('media', 'a')).toEqual(put)
    })
    rule('changes the etag when the bytes change', async ({ storage }) => {
      const one = await storage.put('media', 'a', bytes('one'), PLAIN)
      const two = await storage.put('media', 'a', bytes('two'), PLAIN)
      expect(two.etag).not.toBe(one.etag)
    })
    rule('replaces an object, and leaves a reader of the old one in peace', async ({ storage }) => {
      await storage.put('media', 'a', bytes('old'), PLAIN)
      const reading = await storage.get('media', 'a')
      await storage.put('media', 'a', bytes('newer'), PLAIN)
      expect([reading && (await readAll(reading.body)), await textOf(storage, 'a')]).toEqual(['old', 'newer'])
    })
    rule('leaves the old object when a stream breaks', async ({ storage }) => {
      await storage.put('media', 'a', bytes('old'), PLAIN)
      const broken = (async function* () {
        yield bytes('half')
        throw new Error('the source broke')
      })()
      await expect(storage.put('media', 'a', broken, PLAIN)).rejects.toThrow(StorageFailed)
      expect(await textOf(storage, 'a')).toBe('old')
    })
    rule('reads a range with an inclusive end', async ({ storage }) => {
      await storage.put('media', 'a', bytes('0123456789'), PLAIN)
      expect(await textOf(storage, 'a', { start: 2, end: 4 })).toBe('234')
    })
    rule('reads from a start to the end', async ({ storage }) => {
      await storage.put('media', 'a', bytes('0123456789'), PLAIN)
      expect(await textOf(storage, 'a', { start: 7 })).toBe('789')
    })
    rule('cuts a range that goes past the end', async ({ storage }) => {
      await storage.put('media', 'a', bytes('0123'), PLAIN)
      expect(await textOf(storage, 'a', { start: 2, end: 99 })).toBe('23')
    })
    rule('refuses a range wholly outside', async ({ storage }) => {
      await storage.put('media', 'a', bytes('0123'), PLAIN)
      await expect(storage.get('media', 'a', { start: 4 })).rejects.toThrow(RangeRefused)
    })
    rule('removes', async ({ storage }) => {
      await storage.put('media', 'a/b', bytes('x'), PLAIN)
      await storage.remove('media', 'a/b')
      expect([await storage.head('media', 'a/b'), await keysOf(storage, { prefix: '' })]).toEqual([
        undefined,
        [],
      ])
    })
    rule('removes what is not there', async ({ storage }) => {
      await expect(storage.remove('media', 'a/b')).resolves.toBeUndefined()
    })
    rule('removes everything under a prefix and nothing beside it', async ({ storage }) => {
      for (const key of ['v/1/a', 'v/1/b/c', 'v/10/a', 'v/1'])
        await storage.put('media', key, bytes('x'), PLAIN)
      expect(await removeAll(storage, 'media', 'v/1/')).toBe(2)
      expect(await keysOf(storage, { prefix: '' })).toEqual(['v/1', 'v/10/a'])
    })
    rule('keeps buckets apart', async ({ storage }) => {
      await storage.put('uploads', 'a', bytes('x'), PLAIN)
      expect(await storage.head('media', 'a')).toBeUndefined()
    })
    rule('emits an event for each object put', async ({ storage, created }) => {
      const { etag } = await storage.put('uploads', 'films/ä b.mp4', bytes('12'), PLAIN)
      const data = { bucket: 'uploads', key: 'films/ä b.mp4', sizeBytes: 2, etag }
      expect(created).toMatchObject([{ type: 'storage.object.created', data }])
    })
    rule('gives a URL that reads the object', async ({ storage, read, later }) => {
      await storage.put('media', 'a b/ä#?.mp4', bytes('film'), PLAIN)
      expect(Buffer.from(await read(await storage.readUrl('media', 'a b/ä#?.mp4', later))).toString()).toBe(
        'film',
      )
    })
  })
}

const ODD_KEYS = [
  'A/b',
  'a',
  'a-b',
  'a.b',
  'a/B',
  'a/b',
  'a/b/c',
  'a0',
  'con',
  'e\u0301',
  'x '.repeat(100),
  'y'.repeat(450),
  `y${'y'.repeat(449)}/z`,
  'z%41',
  'zA',
  'é',
  '\uffee',
  '\u{1f3ac}',
]
const LONGEST = `${'ü/'.repeat(299)}${'€'}`

/** What the Storage port promises of keys and lists. */
export function keyContract(title: string, open: Open<OpenedStorage>, gaps: readonly Gap[] = []): void {
  contract(`${title}: keys`, open, gaps, (rule) => {
    rule(
      'keeps every key apart, by case, by normal form, and one that is the beginning of another',
      async ({ storage }) => {
        for (const key of ODD_KEYS) await storage.put('media', key, bytes(key), PLAIN)
        for (const key of ODD_KEYS) expect(await textOf(storage, key)).toBe(key)
      },
    )
    rule('lists in the order of the bytes of the keys', async ({ storage }) => {
      for (const key of ODD_KEYS) await storage.put('media', key, bytes('x'), PLAIN)
      const sorted = [...ODD_KEYS].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
      expect(await keysOf(storage, { prefix: '' })).toEqual(sorted)
    })
    rule('lists page by page without a gap or a repetition', async ({ storage }) => {
      for (const key of ODD_KEYS) await storage.put('media', key, bytes('x'), PLAIN)
      const seen: string[] = []
      for (let page = await keysOf(storage, { prefix: '', limit: 4 }); page.length > 0; ) {
        seen.push(...page)
        page = await keysOf(storage, { prefix: '', limit: 4, after: seen.at(-1) ?? '' })
      }
      expect(seen).toEqual(await keysOf(storage, { prefix: '' }))
    })
    rule('lists a prefix that ends within a name', async ({ storage }) => {
      for (const key of ['a/12', 'a/13/x', 'a/2', 'b/1']) await storage.put('media', key, bytes('x'), PLAIN)
      expect(await keysOf(storage, { prefix: 'a/1' })).toEqual(['a/12', 'a/13/x'])
    })
    rule('lists nothing for a prefix that nothing has', async ({ storage }) => {
      await storage.put('media', 'a/b', bytes('x'), PLAIN)
      expect(await keysOf(storage, { prefix: 'a/b/c' })).toEqual([])
    })
    rule('takes a key of 900 bytes', async ({ storage }) => {
      expect(Buffer.byteLength(LONGEST)).toBe(900)
      await storage.put('media', LONGEST, bytes('x'), PLAIN)
      expect(await keysOf(storage, { prefix: 'ü/' })).toEqual([LONGEST])
    })
    for (const key of [
      '',
      '/a',
      'a/',
      'a//b',
      '.',
      'a/../b',
      '../a',
      'a\\b',
      'a\u0000b',
      'a\nb',
      'k'.repeat(901),
    ])
      rule(`refuses the key ${JSON.stringify(key.slice(0, 20))}`, async ({ storage }) => {
        await expect(storage.put('media', key, bytes('x'), PLAIN)).rejects.toThrow(KeyRefused)
      })
  })
}
