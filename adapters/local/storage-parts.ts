import { createHash, randomBytes } from 'node:crypto'
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type Bytes, type Part, PartsRefused, type PutOptions } from '../../core/ports/storage.ts'
import { fileBytes } from '../node/file-bytes.ts'
import {
  isMissing,
  makeFolder,
  namesIn,
  openTurns,
  readJson,
  syncFolder,
  unlinkQuietly,
  writeTemporary,
} from './storage-files.ts'

/** `upload.json`: what the upload is for. */
export interface Upload extends PutOptions {
  readonly key: string
}

/** A part as it lies in the upload's folder: `<number>.<size>.<etag>`. */
interface PartFile extends Part {
  readonly file: string
}

/** `joining.json`: written before the first byte is moved, so that a killed join is taken up where it stopped. */
interface Join {
  readonly parts: readonly Part[]
}

/** A part that came when its upload was being completed. */
export class PartTooLate extends PartsRefused {}

export interface Parts {
  start(upload: Upload): Promise<string>
  find(upload: string): Promise<Upload | undefined>
  /** `undefined` for an upload that is not there. Throws `PartTooLate`, before it reads the body where it can. */
  store(upload: string, number: number, body: Bytes): Promise<Part | undefined>
  list(upload: string): Promise<Part[]>
  /** Joins the parts to one flushed file. The folder stays until `forget`: a repetition finds the file. */
  join(
    upload: string,
    wanted: readonly Pick<Part, 'number' | 'etag'>[],
  ): Promise<{ file: string; sizeBytes: number; etag: string }>
  forget(upload: string): Promise<void>
}

/** Multipart uploads of one bucket, a folder each under `root`. */
export function openParts(root: string, temporary: string): Parts {
  const folderOf = (upload: string) => join(root, checkName(upload))
  // A part is put into place, or a join is begun: never one between two steps of the other.
  const inTurn = openTurns()
  return {
    start: (upload) => start(root, temporary, upload),
    find: (upload) => readJson<Upload>(join(folderOf(upload), 'upload.json')),
    store: (upload, number, body) =>
      store({ folder: folderOf(upload), temporary, number }, body, (task) => inTurn(upload, task)),
    list: (upload) => list(folderOf(upload)),
    join: async (upload, wanted) => {
      const parts = await inTurn(upload, () => beginJoin(folderOf(upload), temporary, wanted))
      return joinParts(folderOf(upload), parts)
    },
    forget: (upload) => rm(folderOf(upload), { recursive: true, force: true }),
  }
}

/** Names come back from outside: one that we never gave is an upload that is not there. */
const checkName = (upload: string) => (/^[0-9a-f]{32}$/.test(upload) ? upload : 'unknown')

async function start(root: string, temporary: string, upload: Upload): Promise<string> {
  const name = randomBytes(16).toString('hex')
  await makeFolder(join(root, name))
  const { file } = await writeTemporary(temporary, name, Buffer.from(JSON.stringify(upload)))
  await rename(file, join(root, name, 'upload.json'))
  await syncFolder(join(root, name))
  return name
}

async function store(
  at: { folder: string; temporary: string; number: number },
  body: Bytes,
  inTurn: <T>(task: () => Promise<T>) => Promise<T>,
): Promise<Part | undefined> {
  await refuseWhileJoining(at.folder)
  const written = await writeTemporary(at.temporary, `${randomBytes(9).toString('hex')}.part`, body)
  const part = { number: at.number, sizeBytes: written.sizeBytes, etag: written.md5 }
  try {
    await inTurn(() => putIntoPlace(at.folder, part, written.file))
    return part
  } catch (error) {
    await unlinkQuietly(written.file)
    // Completed or aborted while the bytes came.
    if (isMissing(error)) return undefined
    throw error
  }
}

/** Beside a join that moves the parts away, a part that came again would be taken for one that is still to be joined. */
async function refuseWhileJoining(folder: string): Promise<void> {
  if (await isThere(join(folder, 'joining.json'))) throw new PartTooLate('the upload is being completed')
}

async function putIntoPlace(folder: string, part: Part, written: string): Promise<void> {
  await refuseWhileJoining(folder)
  const others = (await partFiles(folder)).filter(({ number }) => number === part.number)
  const file = partFile(folder, part)
  await rename(written, file)
  await syncFolder(folder)
  for (const other of others) if (other.file !== file) await unlinkQuietly(other.file)
}

const partFile = (folder: string, { number, sizeBytes, etag }: Part): string =>
  join(folder, `${number}.${sizeBytes}.${etag}`)

async function partFiles(folder: string): Promise<PartFile[]> {
  return (await namesIn(folder)).flatMap((name) => {
    const [, number, size, etag] = /^(\d+)\.(\d+)\.([0-9a-f]{32})$/.exec(name) ?? []
    return etag ? [{ number: Number(number), sizeBytes: Number(size), etag, file: join(folder, name) }] : []
  })
}

async function list(folder: string): Promise<Part[]> {
  const joining = await readJson<Join>(join(folder, 'joining.json'))
  const found = joining?.parts ?? (await partFiles(folder))
  const parts = found.map(({ number, sizeBytes, etag }) => ({ number, sizeBytes, etag }))
  return parts.sort((a, b) => a.number - b.number)
}

async function beginJoin(
  folder: string,
  temporary: string,
  wanted: readonly Pick<Part, 'number' | 'etag'>[],
): Promise<readonly Part[]> {
  const begun = await readJson<Join>(join(folder, 'joining.json'))
  const parts = choose(begun?.parts ?? (await list(folder)), wanted)
  if (begun && begun.parts.length !== parts.length)
    throw new PartsRefused('another selection is being joined')
  if (!begun) await writeJoin(folder, temporary, { parts })
  return parts
}

async function joinParts(folder: string, parts: readonly Part[]) {
  const target = join(folder, 'joined')
  await append(folder, target, parts)
  const sizeBytes = parts.reduce((sum, part) => sum + part.sizeBytes, 0)
  return { file: target, sizeBytes, etag: joinedEtag(parts) }
}

function choose(stored: readonly Part[], wanted: readonly Pick<Part, 'number' | 'etag'>[]): Part[] {
  if (wanted.length === 0) throw new PartsRefused('no parts were named')
  return wanted.map(({ number, etag }, i) => {
    if (i > 0 && number <= (wanted[i - 1]?.number ?? 0))
      throw new PartsRefused('the part numbers do not rise')
    const bare = etag.replace(/^"(.*)"$/, '$1')
    const numbered = stored.filter((part) => part.number === number)
    if (numbered.length === 0) throw new PartsRefused(`part ${number} is missing`)
    const part = numbered.find((p) => p.etag === bare)
    if (!part) throw new PartsRefused(`part ${number} has another etag`)
    return part
  })
}

/** As S3 does: of a large film the bytes need not be read again. */
function joinedEtag(parts: readonly Part[]): string {
  const hash = createHash('md5')
  for (const part of parts) hash.update(Buffer.from(part.etag, 'hex'))
  return `${hash.digest('hex')}-${parts.length}`
}

async function writeJoin(folder: string, temporary: string, joining: Join): Promise<void> {
  const { file } = await writeTemporary(
    temporary,
    `${randomBytes(9).toString('hex')}.json`,
    Buffer.from(JSON.stringify(joining)),
  )
  await rename(file, join(folder, 'joining.json'))
  await syncFolder(folder)
}

/**
 * The first part becomes the target and the others are put behind it, each removed once it is flushed: at no time does
 * the disk hold more than one part twice. What is removed tells a repetition how far the one before came.
 */
async function append(folder: string, target: string, parts: readonly Part[]): Promise<void> {
  const [first, ...rest] = parts
  if (!first) return
  const fileOf = (part: Part) => partFile(folder, part)
  // Once the target is there it holds more than the first part, whatever else lies beside it.
  if (!(await isThere(target))) await rename(fileOf(first), target)
  const handle = await open(target, 'r+')
  try {
    let end = first.sizeBytes
    for (const part of rest) {
      if (await isThere(fileOf(part))) await appendOne(handle, end, fileOf(part))
      end += part.sizeBytes
    }
    await syncFolder(folder)
  } finally {
    await handle.close()
  }
}

async function appendOne(target: FileHandle, end: number, file: string): Promise<void> {
  const source = await open(file, 'r')
  let at = end
  for await (const chunk of fileBytes(source, 0, Number.MAX_SAFE_INTEGER)) {
    await writeAt(target, chunk, at)
    at += chunk.length
  }
  await target.sync()
  await unlinkQuietly(file)
}

async function writeAt(target: FileHandle, chunk: Uint8Array, at: number): Promise<void> {
  for (let done = 0; done < chunk.length; ) {
    done += (await target.write(chunk, done, chunk.length - done, at + done)).bytesWritten
  }
}

const isThere = (file: string) =>
  stat(file).then(
    () => true,
    (error) => !isMissing(error),
  )
