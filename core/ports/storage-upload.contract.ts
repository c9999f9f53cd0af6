import { expect } from 'vitest'
import { contract, type Gap, type Open } from '../run/contract.ts'
import { bytes, type OpenedStorage, readAll } from './storage.contract.ts'
import { type Part, PartsRefused } from './storage.ts'

interface UploadAt extends OpenedStorage {
  readonly upload: string
  /** Sends one part and gives what the store holds of it. */
  sendPart(number: number, body: string): Promise<Part>
}

async function begin(at: OpenedStorage, key = 'films/a'): Promise<UploadAt> {
  const upload = await at.storage.startParts('uploads', key, { contentType: 'video/mp4' })
  const sendPart = async (number: number, body: string) => {
    const part = { number, sizeBytes: bytes(body).length, expiresAt: at.later }
    const { status } = await at.send(await at.storage.signPart('uploads', key, upload, part), bytes(body))
    const stored = (await at.storage.listParts('uploads', key, upload))?.find((p) => p.number === number)
    if (status !== 200 || !stored) throw new Error(`part ${number} was answered ${status}`)
    return stored
  }
  return { ...at, upload, sendPart }
}

/** What the Storage port promises of multipart uploads, over the wire of the store. */
export function uploadContract(title: string, open: Open<OpenedStorage>, gaps: readonly Gap[] = []): void {
  contract(`${title}: uploads`, open, gaps, (rule) => {
    rule('joins the parts in their order', async (at) => {
      const { storage, upload, sendPart } = await begin(at)
      const [two, one, three] = [
        await sendPart(2, '-two-'),
        await sendPart(1, 'one'),
        await sendPart(3, 'three'),
      ]
      const made = await storage.completeParts('uploads', 'films/a', upload, [one, two, three])
      expect(made).toMatchObject({ key: 'films/a', sizeBytes: 13, contentType: 'video/mp4' })
      const found = await storage.get('uploads', 'films/a')
      expect(found && (await readAll(found.body))).toBe('one-two-three')
    })
    rule('takes an etag with the quotes that its header has', async (at) => {
      const { storage, upload, sendPart } = await begin(at)
      const { number, etag } = await sendPart(1, 'one')
      const made = await storage.completeParts('uploads', 'films/a', upload, [{ number, etag: `"${etag}"` }])
      expect(made.sizeBytes).toBe(3)
    })
    rule('shows nothing before the upload is complete', async (at) => {
      const { storage, sendPart } = await begin(at)
      await sendPart(1, 'one')
      expect([
        await storage.head('uploads', 'films/a'),
        await storage.list('uploads', { prefix: '', limit: 10 }),
      ]).toEqual([undefined, []])
    })
    rule('emits one event, when the upload is complete', async (at) => {
      const { storage, upload, sendPart } = await begin(at)
      const part = await sendPart(1, 'one')
      expect(at.created).toEqual([])
      const { etag } = await storage.completeParts('uploads', 'films/a', upload, [part])
      expect(at.created).toMatchObject([{ data: { bucket: 'uploads', key: 'films/a', sizeBytes: 3, etag } }])
    })
    rule('lists the parts by number', async (at) => {
      const { storage, upload, sendPart } = await begin(at)
      const parts = [await sendPart(10, 'ten'), await sendPart(2, 'two')]
      expect(await storage.listParts('uploads', 'films/a', upload)).toEqual(parts.reverse())
    })
    rule('replaces a part that is sent again', async (at) => {
      const { storage, upload, sendPart } = await begin(at)
      await sendPart(1, 'draft')
      const part = await sendPart(1, 'final!')
      expect(await storage.listParts('uploads', 'films/a', upload)).toEqual([part])
      expect((await storage.completeParts('uploads', 'films/a', upload, [part])).sizeBytes).toBe(6)
    })
    rule('gives the same object when it is completed again', async (at) => {
      const { storage, upload, sendPart } = await begin(at)
      const parts = [await sendPart(1, 'one')]
      const first = await storage.completeParts('uploads', 'films/a', upload, parts)
      expect(await storage.completeParts('uploads', 'films/a', upload, parts)).toEqual(first)
    })
    rule('gives the same object to two that complete at once', async (at) => {
      const { storage, upload, sendPart } = await begin(at)
      const parts = [await sendPart(1, 'one'), await sendPart(2, 'two')]
      const complete = () => storage.completeParts('uploads', 'films/a', upload, parts)
      const [first, second] = await Promise.all([complete(), complete()])
      expect(second).toEqual(first)
    })
    rule('refuses a part that is missing, and changes nothing', async (at) => {
      const { storage, upload, sendPart } = await begin(at)
      const part = await sendPart(1, 'one')
      const wrong = [part, { number: 2, etag: part.etag }]
      await expect(storage.completeParts('uploads', 'films/a', upload, wrong)).rejects.toThrow(PartsRefused)
      expect(await storage.listParts('uploads', 'films/a', upload)).toEqual([part])
    })
    rule('refuses a part with another etag', async (at) => {
      const { storage, upload, sendPart } = await begin(at)
      await sendPart(1, 'one')
      const wrong = [{ number: 1, etag: '00000000000000000000000000000000' }]
      await expect(storage.completeParts('uploads', 'films/a', upload, wrong)).rejects.toThrow(PartsRefused)
    })
    rule('refuses numbers that do not rise', async (at) => {
      const { storage, upload, sendPart } = await begin(at)
      const parts = [await sendPart(1, 'one'), await sendPart(2, 'two')]
      await expect(storage.completeParts('uploads', 'films/a', upload, parts.reverse())).rejects.toThrow(
        PartsRefused,
      )
    })
    rule('refuses to complete an upload that it does not know', async ({ storage }) => {
      const parts = [{ number: 1, etag: 'x' }]
      await expect(storage.completeParts('uploads', 'films/a', 'no-such-upload', parts)).rejects.toThrow(
        PartsRefused,
      )
    })
    rule('knows no parts of an upload that is unknown, completed or aborted', async (at) => {
      const { storage, upload, sendPart } = await begin(at)
      await storage.completeParts('uploads', 'films/a', upload, [await sendPart(1, 'one')])
      const aborted = await begin(at)
      await storage.abortParts('uploads', 'films/a', aborted.upload)
      for (const name of ['unknown', upload, aborted.upload])
        expect(await storage.listParts('uploads', 'films/a', name)).toBeUndefined()
    })
    rule('aborts, and aborts again', async (at) => {
      const { storage, upload, sendPart } = await begin(at)
      const part = await sendPart(1, 'one')
      await storage.abortParts('uploads', 'films/a', upload)
      await storage.abortParts('uploads', 'films/a', upload)
      await expect(storage.completeParts('uploads', 'films/a', upload, [part])).rejects.toThrow(PartsRefused)
    })
    rule('leaves a completed object when its upload is aborted late', async (at) => {
      const { storage, upload, sendPart } = await begin(at)
      const made = await storage.completeParts('uploads', 'films/a', upload, [await sendPart(1, 'one')])
      await storage.abortParts('uploads', 'films/a', upload)
      expect(await storage.head('uploads', 'films/a')).toEqual(made)
    })
    rule('refuses a part of another length', async (at) => {
      const { storage, upload } = await begin(at)
      const request = await storage.signPart('uploads', 'films/a', upload, {
        number: 1,
        sizeBytes: 5,
        expiresAt: at.later,
      })
      const sent = [await at.send(request, bytes('four')), await at.send(request, bytes('sixsix'))]
      expect(sent.every(({ status }) => status >= 400 && status < 500)).toBe(true)
      expect(await storage.listParts('uploads', 'films/a', upload)).toEqual([])
    })
    rule('refuses an expired request with 403', async (at) => {
      const { storage, upload } = await begin(at)
      const request = await storage.signPart('uploads', 'films/a', upload, {
        number: 1,
        sizeBytes: 3,
        expiresAt: at.past,
      })
      expect(await at.send(request, bytes('one'))).toMatchObject({ status: 403 })
    })
    rule('refuses a request that was signed for another part with 403', async (at) => {
      const { storage, upload } = await begin(at)
      const sign = (number: number) =>
        storage.signPart('uploads', 'films/a', upload, { number, sizeBytes: 3, expiresAt: at.later })
      const [one, two] = [await sign(1), new URL((await sign(2)).url)]
      const mixed = new URL(`${two.pathname}${new URL(one.url).search}`, two)
      // Where a store names the part in the query.
      for (const name of ['partNumber', 'blockid']) {
        const number = two.searchParams.get(name)
        if (number !== null) mixed.searchParams.set(name, number)
      }
      expect(await at.send({ ...one, url: mixed.href }, bytes('one'))).toMatchObject({ status: 403 })
    })
  })
}
