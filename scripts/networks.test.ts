import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestDatabase } from '../adapters/local/testing/database.ts'
import { runScript } from './testing/run-script.ts'

describe('npm run networks', () => {
  let database: Awaited<ReturnType<typeof openTestDatabase>>
  let folder: string
  beforeAll(async () => {
    database = await openTestDatabase()
    folder = await mkdtemp(join(tmpdir(), 'skyreel-networks-'))
  })
  afterAll(async () => {
    await database[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true })
  })
  const networks = (...args: string[]) => runScript('networks.ts', args, { DATABASE_URL: database.url })
  async function file(...lines: string[]): Promise<string> {
    const path = join(folder, 'networks.csv')
    await writeFile(path, lines.join('\r\n'))
    return path
  }

  it('import puts a table in place, which look then goes by', async () => {
    const path = await file('network,country,anonymous', '192.0.2.0/24,DE,false', '192.0.2.7/32,,true')
    const { stdout } = await networks('import', path)
    const looked = await networks('look', '192.0.2.7')
    expect([stdout.split('\n').at(-2), looked.stdout]).toEqual([
      `2 networks of ${path} are in place.`,
      '192.0.2.7 is in 192.0.2.7/32: no known country, anonymous.\n',
    ])
  })
  it('import names the line that it cannot read', async () => {
    const path = await file('192.0.2.0/24,DE', 'here,DE')
    const { status, stderr } = await networks('import', path)
    expect([status, stderr]).toEqual([1, `skyreel: ${path}, line 2 is no network: here,DE\n`])
  })
  it('import of a file without networks changes nothing, and says so', async () => {
    const { status, stderr } = await networks('import', await file('network,country,anonymous'))
    expect([status, stderr]).toEqual([1, 'skyreel: the table holds no network: nothing was changed\n'])
  })
  it('tells how it is used when it does not understand', async () => {
    const { status, stderr } = await networks('import')
    expect([status, stderr]).toEqual([1, expect.stringContaining('npm run networks -- import <file.csv>')])
  })
})
