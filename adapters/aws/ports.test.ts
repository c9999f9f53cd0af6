import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { NotSupported } from '../../core/run/not-supported.ts'
import { localConfig } from '../local/config.ts'
import { memoryLog } from '../local/testing/log.ts'
import { openAwsPorts } from './ports.ts'
import { TEST_ENV, TEST_JOB_ENV } from './testing/env.ts'
import { openSecretsManager } from './testing/secrets-server.ts'

const open = (env: Readonly<Record<string, string | undefined>>) =>
  openAwsPorts({ env, log: memoryLog(), config: localConfig('https://api.example.org') })

/** Packages that a process has loaded once it has opened the column, and done this with its `ports`. */
async function packagesLoaded(work = ''): Promise<string[]> {
  const file = fileURLToPath(new URL('./ports.ts', import.meta.url))
  const script = `
    import { registerHooks } from 'node:module'
    const seen = new Set()
    registerHooks({ load(url, context, next) {
      const name = /node_modules\\/((@[^/]+\\/)?[^/]+)/.exec(url)?.[1]
      if (name) seen.add(name)
      return next(url, context)
    } })
    const { openAwsPorts } = await import(${JSON.stringify(file)})
    const { ports } = openAwsPorts({ env: ${JSON.stringify({ ...TEST_ENV, ...TEST_JOB_ENV })}, log: console, config: {} })
    ${work}
    console.log(JSON.stringify([...seen]))`
  const run = promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
    timeout: 30_000,
  })
  return JSON.parse((await run).stdout) as string[]
}

describe('the AWS column', () => {
  it('loads no SDK when it is opened', async () => {
    const names = await packagesLoaded()
    expect(names.filter((name) => /^@(aws-sdk|smithy)|^@neondatabase|argon2/.test(name))).toEqual([])
  })
  it('loads no SDK to sign a part and a URL to read', async () => {
    const names = await packagesLoaded(`
      const expiresAt = new Date(Date.now() + 60_000)
      await ports.storage.signPart('uploads', 'a', 'mark~id', { number: 1, sizeBytes: 5, expiresAt })
      await ports.storage.readUrl('uploads', 'a', expiresAt)`)
    expect(names.filter((name) => /^@(aws-sdk|smithy)/.test(name))).toEqual([])
  })
  it('is seen to load an SDK for a request of its own', async () => {
    const names = await packagesLoaded("await ports.storage.head('uploads', '').catch(() => {})")
    expect(names).toContain('@aws-sdk/client-s3')
  })
  it('reads its secrets under the deployment’s names', async () => {
    await using server = await openSecretsManager({ 'skyreel/test/delivery-key': 'key' })
    const { ports } = open({ ...TEST_ENV, AWS_ENDPOINT_URL_SECRETS_MANAGER: server.endpoint })
    expect(await ports.secrets.get('delivery-key')).toBe('key')
  })
  it('signs a part without a request', async () => {
    const { ports } = open(TEST_ENV)
    const part = { number: 1, sizeBytes: 5, expiresAt: new Date(Date.now() + 60_000) }
    const { url } = await ports.storage.signPart('uploads', 'a/b', 'mark~id', part)
    const { origin, pathname, searchParams } = new URL(url)
    expect([`${origin}${pathname}`, searchParams.get('uploadId')]).toEqual([
      'https://skyreel-test-uploads.s3.eu-central-1.amazonaws.com/a/b',
      'id',
    ])
  })
  it('refuses to open without its variables', () => {
    expect(() => open({})).toThrow('AWS_REGION must be')
  })
  it('starts no jobs where it is not told where they run', async () => {
    const { ports } = open(TEST_ENV)
    await expect(ports.jobs.state('a')).rejects.toThrow(NotSupported)
  })
  it('wraps no keys where it is not told by what', async () => {
    await expect(open(TEST_ENV).ports.keyVault.version()).rejects.toThrow(NotSupported)
  })
  it('wraps with the key that it is told', async () => {
    const key = 'arn:aws:kms:eu-central-1:000000000000:key/6f8c'
    const { ports } = open({ ...TEST_ENV, SKYREEL_KEY_VAULT_KEY: key })
    expect(await ports.keyVault.version()).toBe(key)
  })
  it('has no media tools but those it is given', async () => {
    const watch = { signal: new AbortController().signal, progress: () => undefined }
    await expect(open(TEST_ENV).ports.media.probe('file', watch)).rejects.toThrow(NotSupported)
  })
  it('closes without having been used', async () => {
    await expect(open(TEST_ENV).close()).resolves.toBeUndefined()
  })
})
