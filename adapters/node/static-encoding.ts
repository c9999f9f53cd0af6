import { lstat } from 'node:fs/promises'

/** A file of a built folder as it is sent. */
export interface Shown {
  readonly path: string
  readonly sizeBytes: number
  readonly modifiedMs: number
  /** `content-encoding`, where it is a compressed sibling. */
  readonly encoding?: string
}

/** Siblings that a build may put beside a file, the smallest first. */
const SIBLINGS = [
  ['br', '.br'],
  ['gzip', '.gz'],
] as const

/** The compressed sibling of a file that the client takes; the file itself where there is none. */
export async function smallest(plain: Shown, acceptEncoding: string | undefined): Promise<Shown> {
  for (const [encoding, suffix] of SIBLINGS) {
    if (!accepts(acceptEncoding ?? '', encoding)) continue
    const path = plain.path + suffix
    const found = await lstat(path).catch(() => undefined)
    // A file that was written after its sibling says something else than that one.
    if (found?.isFile() && found.mtimeMs >= plain.modifiedMs)
      return { path, sizeBytes: found.size, modifiedMs: found.mtimeMs, encoding }
  }
  return plain
}

/** Only what is named counts: `*` is sent by programs that unpack nothing. */
function accepts(acceptEncoding: string, encoding: string): boolean {
  return acceptEncoding.split(',').some((entry) => {
    const [name, ...parameters] = entry.split(';').map((part) => part.trim().toLowerCase())
    return name === encoding && !parameters.some((p) => /^q=0(?:\.0*)?$/.test(p))
  })
}
