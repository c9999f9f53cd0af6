import { posix } from 'node:path'
import { isContract, isTest, type SourceFile, type Violation, withoutComments } from './house-files.ts'

export interface Import {
  /** A path from the root for a file of the house, else the package or `node:` name as written. */
  readonly target: string
  readonly typeOnly: boolean
}

const STATIC = /^\s*(?:import|export)\s+(type\s+)?(?:[\w*{}\s,$]+?\s+from\s*)?['"]([^'"]+)['"]/gm
const DYNAMIC = /\bimport\(\s*['"]([^'"]+)['"]/g

/** What a file imports, statically, dynamically or for its types alone. */
export function importsOf({ path, text }: SourceFile): Import[] {
  const code = withoutComments(text)
  const found = [...code.matchAll(STATIC)].map((m) => ({ target: m[2] ?? '', typeOnly: m[1] !== undefined }))
  const late = [...code.matchAll(DYNAMIC)].map((m) => ({ target: m[1] ?? '', typeOnly: false }))
  return [...found, ...late].map(({ target, typeOnly }) => ({ target: locate(path, target), typeOnly }))
}

const locate = (from: string, target: string) =>
  target.startsWith('.') ? posix.normalize(posix.join(posix.dirname(from), target)) : target

const isOurs = (target: string) => /^(adapters|cdktf|core|events|functions|scripts)\//.test(target)

interface Layer {
  readonly name: string
  readonly holds: (path: string) => boolean
  readonly mayRead: (target: string, typeOnly: boolean) => boolean
  readonly sentence: string
}

const under =
  (...folders: string[]) =>
  (path: string) =>
    folders.some((folder) => path.startsWith(`${folder}/`))
const BROWSER_SAFE = /^core\/(\w+\/(wire[\w-]*|[\w-]+-wire|model|money)|http\/(text|page))\.ts$/

/** The first layer that holds a file decides: the narrow ones stand before the wide ones. */
const LAYERS: readonly Layer[] = [
  {
    name: 'events',
    holds: under('events'),
    mayRead: under('events'),
    sentence: 'events is a leaf: it reads nothing else of the house',
  },
  {
    name: 'core',
    holds: under('core'),
    mayRead: under('core', 'events'),
    sentence: 'core reads core and events alone',
  },
  {
    name: 'adapters',
    holds: under('adapters'),
    mayRead: under('adapters', 'core', 'events'),
    sentence: 'adapters read adapters, core and events alone',
  },
  {
    name: 'entry',
    holds: under('functions/entry'),
    mayRead: under('functions', 'adapters', 'core', 'events'),
    sentence: 'an entry joins manifests, adapters and core; it reads no scripts and no cdktf',
  },
  {
    name: 'pages',
    holds: under('functions/web'),
    mayRead: (target, typeOnly) =>
      under('functions/web')(target) ||
      BROWSER_SAFE.test(target) ||
      (typeOnly && target === 'core/run/log.ts'),
    sentence: 'pages read functions/web and the wire.ts and model.ts of core alone',
  },
  {
    name: 'manifests',
    holds: under('functions'),
    mayRead: (target) =>
      under('functions', 'core', 'events')(target) && !under('functions/entry', 'functions/web')(target),
    sentence:
      'a manifest reads core, events and other manifests alone: adapters are joined in functions/entry',
  },
  {
    name: 'cdktf',
    holds: under('cdktf'),
    mayRead: (target, typeOnly) =>
      under('cdktf', 'functions', 'events')(target) || (typeOnly && target === 'core/run/function.ts'),
    sentence: 'cdktf reads manifests and events (and the type of a manifest) alone',
  },
]

/** functions -> adapters -> core -> events, never back; nothing reads scripts. */
export function directionViolations(files: readonly SourceFile[]): Violation[] {
  return files
    .filter(({ path }) => !isTest(path))
    .flatMap((file) => {
      const layer = LAYERS.find((l) => l.holds(file.path))
      if (!layer) return []
      const wrong = importsOf(file).filter(
        ({ target, typeOnly }) => isOurs(target) && !layer.mayRead(target, typeOnly),
      )
      return wrong.map(({ target }) => ({ path: file.path, says: `imports ${target}: ${layer.sentence}` }))
    })
}

/** Packages that hold no cloud and no vendor. Everything else is a port's business. */
const CORE_PACKAGES = [/^zod\/mini$/, /^drizzle-orm(\/pg-core)?$/, /^jose$/, /^node:crypto$/]

/** core imports no SDK and nothing of the machine that it runs on. Contracts may use the test runner. */
export function packageViolations(files: readonly SourceFile[]): Violation[] {
  const core = files.filter(({ path }) => path.startsWith('core/') && !isTest(path))
  return core.flatMap((file) => {
    const allowed = mayUseTestRunner(file.path)
      ? [...CORE_PACKAGES, /^vitest$/, /^node:assert$/]
      : CORE_PACKAGES
    const foreign = importsOf(file).filter(
      ({ target }) => !isOurs(target) && !allowed.some((a) => a.test(target)),
    )
    return foreign.map(({ target }) => ({
      path: file.path,
      says: `imports ${target}: the outside world is a port`,
    }))
  })
}

const mayUseTestRunner = (path: string) => isContract(path) || path === 'core/run/contract.ts'

/** What pages read, and all that this reads in turn, must run in a browser. */
export function browserViolations(files: readonly SourceFile[]): Violation[] {
  const byPath = new Map(files.map((file) => [file.path, file]))
  return files
    .filter(({ path }) => BROWSER_SAFE.test(path))
    .flatMap((file) => {
      const reached = reach(file, byPath, new Set())
      const wrong = [...reached].filter((target) => !isOurs(target) && target !== 'zod/mini')
      return wrong.map((target) => ({ path: file.path, says: `reaches ${target}, which no browser has` }))
    })
}

function reach(file: SourceFile, all: ReadonlyMap<string, SourceFile>, seen: Set<string>): Set<string> {
  for (const { target, typeOnly } of importsOf(file)) {
    if (typeOnly || seen.has(target)) continue
    seen.add(target)
    const next = all.get(target)
    if (next) reach(next, all, seen)
  }
  return seen
}
