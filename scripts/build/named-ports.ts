import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { transformSync } from 'rolldown/utils'
import { withoutComments } from '../house-files.ts'
import { importsOf } from '../house-imports.ts'
import { ROOT } from '../settings.ts'

/** Ports whose drivers weigh something: an SDK, or a native module. The others come with every function. */
const WEIGHTY = ['storage', 'queue', 'bus', 'jobs', 'cdn', 'passwords', 'thumbnailer', 'keyVault'] as const
export type WeightyPort = (typeof WEIGHTY)[number]

/**
 * The ports that the code behind these files names anywhere, as `ports.bus` or `{ bus }`. Code that never says the name
 * of a port cannot call it, so a bundle need not hold its driver. A name that means something else costs some bytes.
 */
export async function namedPorts(files: readonly string[]): Promise<ReadonlySet<WeightyPort>> {
  const texts = [...(await reachedFiles(files)).values()]
  return new Set(WEIGHTY.filter((port) => texts.some((text) => names(text, port))))
}

/** Types are gone by then; within quotes it is a part of an event's name. */
const names = (text: string, port: string) => new RegExp(`(?<!['"\`\\w$-])${port}(?!['"\`\\w$-])`).test(text)

/** Our files that the code of these imports, themselves included, with their texts without types and comments. */
export async function reachedFiles(files: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const seen = new Map<string, string>()
  const visit = async (path: string): Promise<void> => {
    if (seen.has(path)) return
    seen.set(path, '')
    const text = await readFile(join(ROOT, path), 'utf8')
    seen.set(path, withoutComments(transformSync(path, text).code))
    const next = importsOf({ path, text }).filter(({ target, typeOnly }) => !typeOnly && isOurs(target))
    await Promise.all(next.map(({ target }) => visit(target)))
  }
  await Promise.all(files.map(visit))
  return seen
}

const isOurs = (target: string) => /^(?:core|events|functions)\/.*\.ts$/.test(target)
