/** What tells one file from another without reading it. */
export type FileMark = Pick<File, 'name' | 'size' | 'lastModified'>

/** Remembers over page reloads which upload a file belongs to. The file itself must be chosen again. */
export interface UploadMemory {
  find(file: FileMark): string | undefined
  keep(file: FileMark, upload: string): void
  forget(upload: string): void
}

const KEY = 'skyreel.uploads'
const MOST = 200

/** `owner` keeps the uploads of two people at one computer apart. Broken or foreign content counts as empty. */
export function openMemory(storage: Pick<Storage, 'getItem' | 'setItem'>, owner: string): UploadMemory {
  const key = `${KEY}.${owner}`
  const read = () => parse(storage.getItem(key))
  const write = (entries: [string, string][]) => storage.setItem(key, JSON.stringify(entries.slice(-MOST)))
  return {
    find: (file) => read().find(([mark]) => mark === markOf(file))?.[1],
    keep: (file, upload) =>
      write([...read().filter(([mark]) => mark !== markOf(file)), [markOf(file), upload]]),
    forget: (upload) => write(read().filter(([, kept]) => kept !== upload)),
  }
}

const markOf = (file: FileMark) => `${file.size}/${file.lastModified}/${file.name}`

function parse(text: string | null): [string, string][] {
  try {
    const value: unknown = JSON.parse(text ?? '[]')
    return Array.isArray(value) ? value.filter(isEntry) : []
  } catch {
    // Only this page writes here; what does not parse was damaged and is worth no more than an upload begun anew.
    return []
  }
}
const isEntry = (entry: unknown): entry is [string, string] =>
  Array.isArray(entry) && entry.length === 2 && entry.every((part) => typeof part === 'string')
