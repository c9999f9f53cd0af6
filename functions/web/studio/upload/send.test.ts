import { randomBytes } from 'node:crypto'
import { openAsBlob } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import type { SignedPart, Upload } from '../../../../core/video/wire.ts'
import { Unreachable } from '../../kit/problem.ts'
import { openGate } from './gate.ts'
import { PartRefused, type PutPart } from './put-part.ts'
import { FileGone, type Sending, sendFilm } from './send.ts'

const PART = 1000
const FILM = randomBytes(7 * PART + 300)
const film = new Blob([FILM])

/** A store that keeps parts as the wire promises it, and fails where a test tells it to. */
function openStore({ sizeBytes = FILM.length, stored = [] as number[], signedAtStart = 100 } = {}) {
  const partCount = Math.ceil(sizeBytes / PART)
  const kept = new Map<number, Uint8Array>()
  const calls = { put: [] as number[], sign: [] as number[][], complete: [] as number[][] }
  let signatures = 0
  let validFrom = 0
  const sign = (number: number): SignedPart => ({
    number,
    method: 'PUT',
    url: `/parts/${number}?signature=${signatures}`,
    headers: {},
    sizeBytes: Math.min(PART, sizeBytes - (number - 1) * PART),
  })
  const storedParts = () =>
    [...kept].map(([number, bytes]) => ({ number, sizeBytes: bytes.length, etag: `"${number}"` }))
  const missing = () => Array.from({ length: partCount }, (_, at) => at + 1).filter((n) => !kept.has(n))
  const upload = (): Upload => ({
    id: 'upl_1',
    videoId: 'vid_1',
    name: 'film.mp4',
    size: sizeBytes,
    state: 'open',
    partBytes: PART,
    partCount,
    storedParts: storedParts(),
    parts: missing().slice(0, signedAtStart).map(sign),
    expiresAt: '2030-01-01T00:00:00Z',
  })
  for (const number of stored) kept.set(number, FILM.subarray((number - 1) * PART, number * PART))
  return {
    calls,
    upload,
    joined: () => Buffer.concat([...kept].sort(([a], [b]) => a - b).map(([, bytes]) => bytes)),
    expireSignatures() {
      validFrom = ++signatures
    },
    api: {
      get: async () => upload(),
      async sign(_id: string, numbers: readonly number[]) {
        calls.sign.push([...numbers])
        return numbers.map(sign)
      },
      async complete(_id: string, parts: readonly { number: number; etag: string }[]): Promise<Upload> {
        calls.complete.push(parts.map((part) => part.number))
        return { ...upload(), state: 'completed' }
      },
    },
    putPart: (async (part, bytes, { signal, onBytes }) => {
      calls.put.push(part.number)
      const body = new Uint8Array(await bytes.arrayBuffer())
      signal.throwIfAborted()
      if (Number(part.url.split('=')[1]) < validFrom) throw new PartRefused(403)
      onBytes(body.length)
      kept.set(part.number, body)
      return `"${part.number}"`
    }) satisfies PutPart,
  }
}
type Store = ReturnType<typeof openStore>

function by(store: Store, over: Partial<Sending> = {}): Sending {
  return {
    api: store.api,
    putPart: store.putPart,
    gate: openGate(3),
    waits: [0, 0, 0],
    signal: new AbortController().signal,
    onBytes: () => undefined,
    onTrouble: () => undefined,
    ...over,
  }
}

it('brings every byte of the film to the store', async () => {
  const store = openStore()
  await sendFilm(film, store.upload(), by(store))
  expect(store.joined().equals(FILM)).toBe(true)
})

it('completes with the parts in rising order, whichever arrived first', async () => {
  const store = openStore()
  const slowFirst: PutPart = async (part, bytes, options) => {
    if (part.number === 1) await new Promise((resolve) => setTimeout(resolve, 20))
    return await store.putPart(part, bytes, options)
  }
  await sendFilm(film, store.upload(), by(store, { putPart: slowFirst }))
  expect(store.calls.complete).toEqual([[1, 2, 3, 4, 5, 6, 7, 8]])
})

it('sends only what the store does not have', async () => {
  const store = openStore({ stored: [1, 2, 5] })
  await sendFilm(film, store.upload(), by(store))
  expect(store.calls.put).toEqual([3, 4, 6, 7, 8])
})

it('sends nothing for an upload that is completed', async () => {
  const store = openStore()
  await sendFilm(film, { ...store.upload(), state: 'completed' }, by(store))
  expect(store.calls).toEqual({ put: [], sign: [], complete: [] })
})

it('signs the parts that the start did not sign', async () => {
  const store = openStore({ signedAtStart: 2 })
  await sendFilm(film, store.upload(), by(store))
  expect(store.calls.sign).toEqual([[3, 4, 5, 6, 7, 8]])
})

it('tries a part again that the network lost', async () => {
  const store = openStore()
  const lost = new Set([2, 7])
  const flaky: PutPart = (part, bytes, options) =>
    lost.delete(part.number) ? Promise.reject(new Unreachable('gone')) : store.putPart(part, bytes, options)
  await sendFilm(film, store.upload(), by(store, { putPart: flaky }))
  expect(store.joined().equals(FILM)).toBe(true)
})

it('says what is wrong while it waits, and takes it back when a part arrives', async () => {
  const store = openStore({ sizeBytes: PART })
  const troubles: unknown[] = []
  let first = true
  const flaky: PutPart = (part, bytes, options) => {
    if (!first) return store.putPart(part, bytes, options)
    first = false
    return Promise.reject(new PartRefused(503))
  }
  const onTrouble: Sending['onTrouble'] = (trouble) => troubles.push(trouble?.error)
  await sendFilm(film.slice(0, PART), store.upload(), by(store, { putPart: flaky, onTrouble }))
  expect(troubles).toEqual([new PartRefused(503), undefined])
})

it('signs anew when the signatures expire, once for all parts in flight', async () => {
  const store = openStore()
  const upload = store.upload()
  store.expireSignatures()
  await sendFilm(film, upload, by(store))
  expect(store.calls.sign).toEqual([[1, 2, 3, 4, 5, 6, 7, 8]])
})

it('gives up on a part that the store refuses for good', async () => {
  const store = openStore()
  const refusing: PutPart = () => Promise.reject(new PartRefused(400))
  const sending = sendFilm(film, store.upload(), by(store, { putPart: refusing }))
  await expect(sending).rejects.toEqual(new PartRefused(400))
})

it('gives up after so many tries', async () => {
  const store = openStore({ sizeBytes: PART })
  let tries = 0
  const dead: PutPart = () => {
    tries++
    return Promise.reject(new Unreachable('gone'))
  }
  const sending = sendFilm(film.slice(0, PART), store.upload(), by(store, { putPart: dead }))
  await expect(sending).rejects.toBeInstanceOf(Unreachable)
  expect(tries).toBe(4)
})

it('keeps three parts in flight over all films that share a gate', async () => {
  const [one, two] = [openStore(), openStore()]
  const gate = openGate(3)
  let inFlight = 0
  let most = 0
  const counted =
    (store: Store): PutPart =>
    async (part, bytes, options) => {
      most = Math.max(most, ++inFlight)
      await new Promise((resolve) => setTimeout(resolve, 1))
      inFlight--
      return await store.putPart(part, bytes, options)
    }
  const send = (store: Store) => sendFilm(film, store.upload(), by(store, { gate, putPart: counted(store) }))
  await Promise.all([send(one), send(two)])
  expect(most).toBe(3)
})

it('stops at a pause and goes on later with what is missing', async () => {
  const store = openStore()
  const pause = new AbortController()
  const pausing: PutPart = async (part, bytes, options) => {
    if (part.number === 4) pause.abort()
    return await store.putPart(part, bytes, options)
  }
  const paused = sendFilm(film, store.upload(), by(store, { putPart: pausing, signal: pause.signal }))
  await expect(paused).rejects.toHaveProperty('name', 'AbortError')
  const before = store.upload().storedParts.map((part) => part.number)
  store.calls.put.length = 0
  await sendFilm(film, await store.api.get(), by(store))
  expect(store.calls.put).toEqual([1, 2, 3, 4, 5, 6, 7, 8].filter((number) => !before.includes(number)))
})

it('counts what the store has already, up to the size of the film', async () => {
  const store = openStore({ stored: [1, 2] })
  const told: number[] = []
  await sendFilm(film, store.upload(), by(store, { onBytes: (sent) => told.push(sent) }))
  expect([told[0], Math.max(...told)]).toEqual([2 * PART, FILM.length])
})

it('says that the file is gone where its bytes cannot be read any more', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'skyreel-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const path = join(folder, 'film.mp4')
  await writeFile(path, FILM)
  const onDisk = await openAsBlob(path)
  await writeFile(path, FILM.subarray(0, 10))
  const store = openStore()
  // A browser's request for such a file ends as if the network had failed.
  const putPart: PutPart = (part, bytes, options) =>
    store.putPart(part, bytes, options).catch((cause: unknown) => {
      throw new Unreachable('no answer', { cause })
    })
  await expect(sendFilm(onDisk, store.upload(), by(store, { putPart }))).rejects.toBeInstanceOf(FileGone)
})
