import { appendFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { keyContract, objectContract } from '../../core/ports/storage.contract.ts'
import { uploadContract } from '../../core/ports/storage-upload.contract.ts'
import { openServedStorage } from './testing/served-storage.ts'

objectContract('the file-system store', openServedStorage)
keyContract('the file-system store', openServedStorage)
uploadContract('the file-system store', openServedStorage)

const PLAIN = { contentType: 'text/plain' }

async function filesUnder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
}

async function uploadedParts(at: Awaited<ReturnType<typeof openServedStorage>>, bodies: readonly string[]) {
  const upload = await at.storage.startParts('uploads', 'f', PLAIN)
  for (const [i, body] of bodies.entries()) {
    const part = { number: i + 1, sizeBytes: body.length, expiresAt: at.later }
    await at.send(await at.storage.signPart('uploads', 'f', upload, part), Buffer.from(body))
  }
  return { upload, parts: (await at.storage.listParts('uploads', 'f', upload)) ?? [] }
}

/** What a process killed within a join leaves: its first part renamed, the second one half behind it. */
async function interruptJoin(at: Awaited<ReturnType<typeof openServedStorage>>) {
  const { upload, parts } = await uploadedParts(at, ['one', 'two', 'three'])
  const folder = join(at.folder, 'objects/uploads/parts', upload)
  await writeFile(join(folder, 'joining.json'), JSON.stringify({ parts }))
  await rename(join(folder, `1.3.${parts[0]?.etag}`), join(folder, 'joined'))
  await appendFile(join(folder, 'joined'), 'two')
  await rm(join(folder, `2.3.${parts[1]?.etag}`))
  const request = { number: 1, sizeBytes: 3, expiresAt: at.later }
  const sendAgain = async () =>
    (await at.send(await at.storage.signPart('uploads', 'f', upload, request), Buffer.from('one'))).status
  const complete = async () => {
    await at.storage.completeParts('uploads', 'f', upload, parts)
    const found = await at.storage.get('uploads', 'f')
    return Buffer.concat(await Array.fromAsync(found?.body ?? [])).toString()
  }
  return { folder, parts, sendAgain, complete }
}

describe('the file-system store on disk', () => {
  it('leaves no file behind when everything is removed', async () => {
    await using at = await openServedStorage()
    for (const key of ['a', 'a/b/c', 'a/b/d']) await at.storage.put('media', key, Buffer.from('x'), PLAIN)
    for (const key of ['a', 'a/b/c', 'a/b/d']) await at.storage.remove('media', key)
    expect(await readdir(join(at.folder, 'objects/media/objects'), { recursive: true })).toEqual([])
  })
  it('keeps one copy of an object that is put many times at once', async () => {
    await using at = await openServedStorage()
    await Promise.all(
      Array.from({ length: 20 }, (_, i) => at.storage.put('media', 'a', Buffer.from(`${i}`), PLAIN)),
    )
    expect(await filesUnder(join(at.folder, 'objects/media'))).toHaveLength(2)
  })
  it('leaves no temporary file when a stream breaks', async () => {
    await using at = await openServedStorage()
    const broken = (async function* () {
      yield Buffer.from('half')
      throw new Error('the source broke')
    })()
    await expect(at.storage.put('media', 'a', broken, PLAIN)).rejects.toMatchObject({
      cause: { message: 'the source broke' },
    })
    expect(await filesUnder(join(at.folder, 'objects/media'))).toEqual([])
  })
  it('removes at its start what a killed process was writing', async () => {
    await using at = await openServedStorage()
    // No process has this number: Linux stops at 4194304.
    await writeFile(join(at.folder, 'objects/media/temporary/99999999.1-half.object'), 'half')
    await at.reopen()
    expect(await filesUnder(join(at.folder, 'objects/media'))).toEqual([])
  })
  // Elsewhere there is no /proc to tell two processes of one number apart.
  it.skipIf(process.platform !== 'linux')(
    'removes what an earlier process of its own number was writing',
    async () => {
      await using at = await openServedStorage()
      await writeFile(join(at.folder, `objects/media/temporary/${process.pid}.1-half.object`), 'half')
      await at.reopen()
      expect(await filesUnder(join(at.folder, 'objects/media'))).toEqual([])
    },
  )
  it('forgets all parts once they are joined', async () => {
    await using at = await openServedStorage()
    const { upload, parts } = await uploadedParts(at, ['one', 'two'])
    await at.storage.completeParts('uploads', 'f', upload, parts)
    expect(await filesUnder(join(at.folder, 'objects/uploads'))).toHaveLength(2)
  })
  it('takes up a join that was killed after its first part', async () => {
    await using at = await openServedStorage()
    const { upload, parts } = await uploadedParts(at, ['one', 'two', 'three'])
    const folder = join(at.folder, 'objects/uploads/parts', upload)
    await writeFile(join(folder, 'joining.json'), JSON.stringify({ parts }))
    await writeFile(join(folder, 'joined'), 'onetw')
    await rm(join(folder, `1.3.${parts[0]?.etag}`))
    const later = await at.reopen()
    const made = await later.completeParts('uploads', 'f', upload, parts)
    const found = await later.get('uploads', 'f')
    expect(made.sizeBytes).toBe(11)
    expect(Buffer.concat(await Array.fromAsync(found?.body ?? [])).toString()).toBe('onetwothree')
  })
  it('takes no part again while a join waits to be taken up', async () => {
    await using at = await openServedStorage()
    const { sendAgain, complete } = await interruptJoin(at)
    expect([await sendAgain(), await complete()]).toEqual([409, 'onetwothree'])
  })
  it('keeps what was joined when its first part lies there once more', async () => {
    await using at = await openServedStorage()
    const { folder, parts, complete } = await interruptJoin(at)
    await writeFile(join(folder, `1.3.${parts[0]?.etag}`), 'one')
    expect(await complete()).toBe('onetwothree')
  })
  it('writes objects that only their owner may read', async () => {
    await using at = await openServedStorage()
    await at.storage.put('media', 'a', Buffer.from('x'), PLAIN)
    const modes = await Promise.all(
      (await filesUnder(join(at.folder, 'objects/media'))).map(async (f) => (await stat(f)).mode & 0o077),
    )
    expect(modes).toEqual([0, 0])
  })
  it('logs a lost event and keeps the object', async () => {
    await using at = await openServedStorage()
    const { openLocalStorage } = await import('./storage.ts')
    const { memoryLog } = await import('./testing/log.ts')
    const { openIds } = await import('../node/ids.ts')
    const { openLocalSecrets } = await import('./secrets.ts')
    const log = memoryLog()
    const onCreated = async () => {
      throw new Error('the bus is away')
    }
    const rest = {
      origin: at.origin,
      clock: at.clock,
      ids: openIds(),
      secrets: openLocalSecrets(at.folder),
      log,
      onCreated,
    }
    const storage = await openLocalStorage({ folder: join(at.folder, 'other'), ...rest })
    await storage.put('media', 'a', Buffer.from('x'), PLAIN)
    expect(log.lines.map(({ message }) => message)).toEqual(['the event of a stored object was lost'])
  })
})
