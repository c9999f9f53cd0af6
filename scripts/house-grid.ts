import { isTest, type SourceFile, type Violation } from './house-files.ts'

const CLOUDS = ['aws', 'gcp', 'azure'] as const
const COLUMNS = [...CLOUDS, 'local'] as const

interface Cell {
  readonly column: string
  readonly row: string
  readonly file: SourceFile
}

/**
 * Rows are ports, columns are clouds: a file name in one cloud is in all of them and in `local`. A file that belongs to
 * the innards of a row begins with its name (`storage-http.ts`, `database-pool.ts`) and needs no counterpart.
 */
export function gridViolations(files: readonly SourceFile[], rows: readonly string[]): Violation[] {
  const cells = files.filter(({ path }) => !isTest(path)).flatMap(cellOf)
  const names = new Set([...rows, ...cells.filter((cell) => isCloud(cell.column)).map((cell) => cell.row)])
  const wanted = [...names].filter((name) => rows.includes(name) || !isInnards(name, names))
  return COLUMNS.flatMap((column) => {
    const here = new Set(cells.filter((cell) => cell.column === column).map((cell) => cell.row))
    const missing = wanted.filter((row) => !here.has(row))
    return missing.map((row) => ({
      path: `adapters/${column}/${row}.ts`,
      says: 'is missing: spell the hole with its reason',
    }))
  })
}

/** A hole in the grid is a `NotSupported` with a reason of some words; a reason that comes as an argument is its caller's. */
export function holeViolations(files: readonly SourceFile[]): Violation[] {
  const cells = files.filter(({ path }) => !isTest(path)).flatMap(cellOf)
  return cells.flatMap(({ file: { path, text } }) => {
    const mute = [...text.matchAll(HOLE)].filter((hole) => (hole[2] ?? '').trim().split(/\s+/).length < 3)
    return mute.map(() => ({ path, says: 'raises NotSupported without a reason of some words' }))
  })
}
const HOLE = /new NotSupported\(\s*(?:\)|(['"`])(.*?)\1)/gs

function cellOf(file: SourceFile): Cell[] {
  const match = /^adapters\/(\w+)\/([\w-]+)\.ts$/.exec(file.path)
  const [, column, row] = match ?? []
  if (column === undefined || row === undefined || !(COLUMNS as readonly string[]).includes(column)) return []
  return [{ column, row, file }]
}

const isCloud = (column: string) => (CLOUDS as readonly string[]).includes(column)
const isInnards = (name: string, all: ReadonlySet<string>) =>
  [...all].some((row) => row !== name && name.startsWith(`${row}-`))

/** The stacks' rows are parts of a deployment: a file name in one cloud's folder of cdktf is in all three. */
export function stackViolations(files: readonly SourceFile[]): Violation[] {
  const cells = files
    .filter(({ path }) => !isTest(path))
    .flatMap((file) => {
      const [, column, row] = /^cdktf\/(aws|gcp|azure)\/([\w-]+)\.ts$/.exec(file.path) ?? []
      return column === undefined || row === undefined ? [] : [{ column, row, file }]
    })
  const names = new Set(cells.map(({ row }) => row))
  const wanted = [...names].filter((name) => !isInnards(name, names))
  return CLOUDS.flatMap((column) => {
    const here = new Set(cells.filter((cell) => cell.column === column).map((cell) => cell.row))
    const missing = wanted.filter((row) => !here.has(row))
    return missing.map((row) => ({
      path: `cdktf/${column}/${row}.ts`,
      says: 'is missing: where this cloud needs nothing for it, the file says why',
    }))
  })
}

/** The rows that follow from the ports, less those that every column takes from `adapters/node`. */
export function rowsOf(files: readonly SourceFile[]): string[] {
  const ports = files
    .map((file) => /^core\/ports\/([\w-]+)\.ts$/.exec(file.path)?.[1])
    .filter((name) => name !== undefined)
  return [...ports.filter((name) => !EVERYWHERE.has(name)), ...INBOUND]
}
/** What a platform calls, and how it logs. */
const INBOUND = ['http', 'events', 'queue-events', 'bus-events', 'storage-events', 'schedule', 'log'] as const
const EVERYWHERE = new Set(['clock', 'ids', 'passwords'])
