import { isContract, isTest, type SourceFile, type Violation } from './house-files.ts'

const FOLDERS = new Set(['adapters', 'cdktf', 'core', 'docs', 'events', 'functions', 'scripts'])

/** The top-level folders are given: code lives in one of them. Hidden ones hold settings of tools. */
export function folderViolations(paths: readonly string[]): Violation[] {
  const tops = new Set(paths.filter((path) => path.includes('/')).map((path) => path.split('/')[0] ?? ''))
  const wrong = [...tops].filter((top) => !top.startsWith('.') && !FOLDERS.has(top))
  return wrong.map((top) => ({
    path: top,
    says: `is no folder of the house: use ${[...FOLDERS].join(', ')}`,
  }))
}

const SAYS_NOTHING = /^(utils?|helpers?|common|misc|services?|managers?)$/

/** Files are named for what they do. */
export function nameViolations(paths: readonly string[]): Violation[] {
  const named = paths.filter((path) => /\.(ts|tsx|mjs|js|css)$/.test(path))
  return named.flatMap((path) => {
    const words = path.split(/[/.-]/)
    const empty = words.find((word) => SAYS_NOTHING.test(word.toLowerCase()))
    return empty === undefined ? [] : [{ path, says: `"${empty}" says nothing: name it for what it does` }]
  })
}

const LINES = 250
/** A suite is a list of sentences: it is read by its titles. */
const SUITE_LINES = 400
/** Catalogues of types and of tables, where length is no burden to the reader. */
const CATALOGUES: readonly string[] = [
  'core/billing/provider-objects.ts',
  'core/billing/schema.ts',
  'adapters/stripe-server/engine/objects.ts',
]

/** A file of more than 250 lines, or a suite of more than 400, does more than one thing. */
export function lengthViolations(files: readonly SourceFile[], catalogues = CATALOGUES): Violation[] {
  return files.flatMap(({ path, text }) => {
    const lines = text.trimEnd().split('\n').length
    const wall = isTest(path) || isContract(path) ? SUITE_LINES : LINES
    if (lines <= wall || catalogues.includes(path)) return []
    return [{ path, says: `has ${lines} lines: ${wall} is the wall` }]
  })
}

/** Every port has its contract beside it, and a column is held to it. */
export function contractViolations(files: readonly SourceFile[]): Violation[] {
  const paths = new Set(files.map((file) => file.path))
  const tests = files.filter(({ path }) => path.startsWith('adapters/') && isTest(path))
  const ports = [...paths].filter(
    (path) => /^core\/ports\/[\w-]+\.ts$/.test(path) && path !== 'core/ports/ports.ts',
  )
  return ports.flatMap((path) => {
    const contract = path.replace(/\.ts$/, '.contract.ts')
    if (!paths.has(contract)) return [{ path, says: `has no ${contract}` }]
    const name = contract.slice('core/'.length)
    if (tests.some(({ text }) => text.includes(`${name}'`))) return []
    return [{ path: contract, says: 'is held by no column: a test under adapters must run it' }]
  })
}
