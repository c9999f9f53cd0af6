import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { secretsContract } from '../../core/ports/secrets.contract.ts'
import { openLocalSecrets } from './secrets.ts'

async function open() {
  const folder = await mkdtemp(join(tmpdir(), 'skyreel-secrets-'))
  const files = join(folder, 'secrets')
  const dispose = () => rm(folder, { recursive: true, force: true })
  return {
    secrets: openLocalSecrets(files),
    elsewhere: openLocalSecrets(files),
    files,
    [Symbol.asyncDispose]: dispose,
  }
}

secretsContract('secrets in files', open)

describe('secrets in files', () => {
  it('lets only their owner read them', async () => {
    await using at = await open()
    await at.secrets.get('delivery-key')
    const modes = [await stat(at.files), await stat(join(at.files, 'delivery-key'))].map(
      ({ mode }) => mode & 0o777,
    )
    expect(modes).toEqual([0o700, 0o600])
  })
  it('are read where somebody has laid one that cannot be made', async () => {
    await using at = await open()
    await mkdir(at.files, { recursive: true })
    await writeFile(join(at.files, 'widevine'), '{"provider":"ours"}\n')
    expect(await at.secrets.get('widevine')).toBe('{"provider":"ours"}')
  })
  it('leaves one file a secret, however many ask at once', async () => {
    await using at = await open()
    await Promise.all(Array.from({ length: 10 }, () => openLocalSecrets(at.files).get('delivery-key')))
    expect(await readdir(at.files)).toEqual(['delivery-key'])
  })
})
