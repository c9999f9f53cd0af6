import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { placeOf } from '../../cdktf/shared/place.ts'
import { CONFIG } from '../../cdktf/shared/wanted-stacks.ts'
import type { Command } from './column.ts'
import { openNodeShell } from './node-shell.ts'
import { terraformOf } from './terraform.ts'

const folder = await mkdtemp(join(tmpdir(), 'skyreel-shell-'))
afterAll(() => rm(folder, { recursive: true, force: true }))
const log = join(folder, 'log')

async function logged(command: Partial<Command>): Promise<string> {
  const { signal } = new AbortController()
  const shell = openNodeShell({ root: folder, log, env: process.env, signal })
  await shell.run({ argv: ['sh', '-c', 'echo an-answer; echo a-warning >&2'], says: 'ask', ...command })
  return readFile(log, 'utf8').finally(() => rm(log))
}

describe('the log of a deployment', () => {
  it('has what commands say', async () => {
    expect(await logged({})).toMatch(/an-answer\na-warning\n\(status 0\)/)
  })
  it('has no answer that may hold secrets, and still its errors', async () => {
    const text = await logged({ unlogged: true })
    expect([text.includes('an-answer\n'), text.includes('a-warning')]).toEqual([false, true])
  })
  it('is not given a plan as JSON, which shows the keys of accounts in plain text', () => {
    const terraform = terraformOf({ place: placeOf('azure', CONFIG.dev), binary: 'terraform', outdir: 'out' })
    expect(terraform.show('a.tfplan').unlogged).toBe(true)
  })
})
