import { randomBytes } from 'node:crypto'
import { type FileHandle, link, open, opendir, rename, rmdir, stat, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { StoredObject } from '../../core/ports/storage.ts'
import {
  isMissing,
  makeFolder,
  openTurns,
  readJson,
  syncFolder,
  unlinkQuietly,
  writeTemporary,
} from './storage-files.ts'
import { type ObjectPlace, placeOf } from './storage-paths.ts'

/** The JSON beside an object's bytes. Replacing it by rename is what makes a write visible. */
export interface Description {
  readonly key: string
  readonly sizeBytes: number
  readonly etag: string
  readonly contentType: string
  readonly cacheControl?: string
  /** ISO 8601. */
  readonly modifiedAt: string
  /** Names the file of the bytes. */
  readonly blob: string
  /** The multipart upload that made it: completing that again returns this object. */
  readonly upload?: string
}

export interface Objects {
  /** Makes a flushed file the object. `keep` links it instead of moving it, for a caller that may have to do it again. */
  commit(file: string, object: Omit<Description, 'blob'>, how?: { keep: boolean }): Promise<Description>
  describe(key: string): Promise<Description | undefined>
  open(key: string): Promise<{ object: Description; handle: FileHandle; path: string } | undefined>
  remove(key: string): Promise<void>
}

/** The objects of one bucket under `root`; `temporary` is a folder on the same file system. */
export function openObjects(root: string, temporary: string): Objects {
  const inTurn = openTurns()
  const describe = (key: string) => readJson<Description>(descriptionFile(placeOf(root, key)))
  return {
    describe,
    open: (key) => openBytes(placeOf(root, key), () => describe(key)),
    commit: (file, object, how) =>
      inTurn(object.key, () => commit({ root, temporary, file, keep: how?.keep === true }, object)),
    remove: (key) => inTurn(key, () => remove(root, placeOf(root, key))),
  }
}

const descriptionFile = ({ folder, stem }: ObjectPlace) => join(folder, `${stem}.json`)
const blobFile = ({ folder, stem }: ObjectPlace, blob: string) => join(folder, `${stem}@${blob}`)

export const toStored = (d: Description): StoredObject => ({
  key: d.key,
  sizeBytes: d.sizeBytes,
  etag: d.etag,
  contentType: d.contentType,
  modifiedAt: new Date(d.modifiedAt),
})

interface Commit {
  readonly root: string
  readonly temporary: string
  readonly file: string
  readonly keep: boolean
}

async function commit(at: Commit, object: Omit<Description, 'blob'>): Promise<Description> {
  const place = placeOf(at.root, object.key)
  const before = await readJson<Description>(descriptionFile(place))
  const description: Description = { ...object, blob: randomBytes(9).toString('hex') }
  const json = Buffer.from(JSON.stringify(description))
  const { file } = await writeTemporary(at.temporary, `${description.blob}.json`, json)
  await intoFolder(place.folder, () => (at.keep ? link : rename)(at.file, blobFile(place, description.blob)))
  await rename(file, descriptionFile(place))
  await syncFolder(place.folder)
  if (before) await unlinkQuietly(blobFile(place, before.blob))
  return description
}

/** A removal beside us may take the empty folder away between its making and its use. */
async function intoFolder(folder: string, move: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    await makeFolder(folder)
    try {
      return await move()
    } catch (error) {
      if (!isMissing(error) || attempt === 5) throw error
    }
  }
}

async function openBytes(place: ObjectPlace, describe: () => Promise<Description | undefined>) {
  for (let attempt = 1; ; attempt++) {
    const object = await describe()
    if (!object) return undefined
    const path = blobFile(place, object.blob)
    try {
      return { object, path, handle: await open(path, 'r') }
    } catch (error) {
      // Replaced between the two reads: look again.
      if (!isMissing(error) || attempt === 10) throw error
    }
  }
}

async function remove(root: string, place: ObjectPlace): Promise<void> {
  const object = await readJson<Description>(descriptionFile(place))
  if (!object) return
  await unlinkQuietly(descriptionFile(place))
  await unlinkQuietly(blobFile(place, object.blob))
  for (let folder = place.folder; folder !== root; folder = dirname(folder)) {
    if (!(await removeIfEmpty(folder))) return
  }
}

async function removeIfEmpty(folder: string): Promise<boolean> {
  try {
    if (!(await removeOrphans(folder))) return false
    await rmdir(folder)
    return true
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOTEMPTY' || code === 'EEXIST' || code === 'ENOENT') return false
    throw error
  }
}

const ORPHAN_AFTER_MS = 60_000

/**
 * Bytes without a description are left by a process killed between two renames. They go with the last object of their
 * folder, unless so young that a write may be about to describe them. False where other things are in the folder.
 */
async function removeOrphans(folder: string): Promise<boolean> {
  const orphans: string[] = []
  for await (const entry of await opendir(folder)) {
    if (!entry.name.includes('@')) return false
    orphans.push(join(folder, entry.name))
  }
  for (const file of orphans) {
    const { ctimeMs } = await stat(file)
    if (Date.now() - ctimeMs < ORPHAN_AFTER_MS) return false
    await unlink(file)
  }
  return true
}
