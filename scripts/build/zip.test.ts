import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { zip } from './zip.ts'

const entries = [
  { path: 'b/ä.txt', bytes: Buffer.from('text '.repeat(1000)) },
  { path: 'a.bin', bytes: Buffer.from([0, 255, 1]), mode: 0o755 },
  { path: 'empty', bytes: Buffer.alloc(0) },
]

it('gives the same bytes in whatever order its entries come', async () => {
  expect(await zip(entries.toReversed())).toEqual(await zip(entries))
})

const UNZIP = `
import json, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as z:
    assert z.testzip() is None
    print(json.dumps([[i.filename, i.date_time[0], oct(i.external_attr >> 16), z.read(i).hex()[:6]] for i in z.infolist()]))
`
const python = spawnSync('python3', ['-c', 'import zipfile']).status === 0

describe.skipIf(!python)(`read by another program${python ? '' : ' (python3 is not installed)'}`, () => {
  let folder = ''
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'skyreel-zip-'))
    writeFileSync(join(folder, 'x.zip'), await zip(entries))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  it('holds the files, their modes and a fixed date', () => {
    const { stdout } = spawnSync('python3', ['-c', UNZIP, join(folder, 'x.zip')], { encoding: 'utf8' })
    expect(JSON.parse(stdout)).toEqual([
      ['a.bin', 1980, '0o100755', '00ff01'],
      ['b/ä.txt', 1980, '0o100644', '746578'],
      ['empty', 1980, '0o100644', ''],
    ])
  })
})
