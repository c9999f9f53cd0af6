import { execFile, execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ROOT } from './settings.ts'

/** A checkout that needs no network: its one package is a folder whose program says that it is Node 24. */
let clone = ''
beforeEach(async () => {
  clone = await mkdtemp(join(tmpdir(), 'skyreel-clone-'))
  await mkdir(join(clone, 'scripts'))
  await mkdir(join(clone, 'node'))
  await copyFile(join(ROOT, 'scripts/bootstrap.mjs'), join(clone, 'scripts/bootstrap.mjs'))
  await writeFile(
    join(clone, 'node/package.json'),
    JSON.stringify({ name: 'node', version: '24.0.0', bin: 'node' }),
  )
  await writeFile(join(clone, 'node/node'), '#!/bin/sh\necho v24.0.0\n')
  await chmod(join(clone, 'node/node'), 0o755)
  await dependOn({ node: 'file:node' })
})
afterEach(() => rm(clone, { recursive: true, force: true }))

async function dependOn(
  devDependencies: Record<string, string>,
  more: Record<string, object> = {},
  workspaces: readonly string[] = [],
): Promise<void> {
  const facts = { name: 'clone', version: '1.0.0', workspaces, devDependencies }
  const node = {
    node: { version: '24.0.0', dev: true, bin: { node: 'node' } },
    'node_modules/node': { resolved: 'node', link: true },
  }
  const lock = {
    name: 'clone',
    version: '1.0.0',
    lockfileVersion: 3,
    requires: true,
    packages: { '': facts, ...node, ...more },
  }
  await writeFile(join(clone, 'package.json'), JSON.stringify(facts))
  await writeFile(join(clone, 'package-lock.json'), JSON.stringify(lock))
}

const BINDINGS = 'node_modules/bindings/package.json'

/** A package that only the infrastructure needs. */
async function addWorkspace(): Promise<void> {
  const [bindings, infra] = [
    { name: 'bindings', version: '1.0.0' },
    { name: 'infra', version: '1.0.0', devDependencies: { bindings: 'file:bindings' } },
  ]
  await mkdir(join(clone, 'infra/bindings'), { recursive: true })
  await writeFile(join(clone, 'infra/bindings/package.json'), JSON.stringify(bindings))
  await writeFile(join(clone, 'infra/package.json'), JSON.stringify(infra))
  const locked = {
    infra: { ...infra, dev: true },
    'infra/bindings': { version: '1.0.0', dev: true },
    'node_modules/bindings': { resolved: 'infra/bindings', link: true },
    'node_modules/infra': { resolved: 'infra', link: true },
  }
  await dependOn({ node: 'file:node' }, locked, ['infra'])
}

interface Ended {
  readonly status: number
  readonly text: string
}

function bootstrap(env: Record<string, string> = {}, ...args: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const options = { cwd: clone, env: { ...process.env, npm_execpath: '', ...env } }
    execFile(process.execPath, ['scripts/bootstrap.mjs', ...args], options, (error, stdout, stderr) =>
      resolve({ status: Number(error?.code ?? 0), text: stdout + stderr }),
    )
  })
}
const nodeVersion = () =>
  execFileSync(join(clone, 'node_modules/.bin/node'), ['--version'], { encoding: 'utf8' }).trim()

describe('bootstrap', () => {
  it('installs what the lock file names into a fresh clone', async () => {
    const { status, text } = await bootstrap()
    expect([status, text.includes('installing packages'), nodeVersion()]).toEqual([0, true, 'v24.0.0'])
  })
  it('says and does nothing when nothing has changed', async () => {
    await bootstrap()
    expect(await bootstrap()).toEqual({ status: 0, text: '' })
  })
  it('installs what a changed lock file adds', async () => {
    await bootstrap()
    await mkdir(join(clone, 'extra'))
    await writeFile(join(clone, 'extra/package.json'), '{"name":"extra","version":"1.0.0"}')
    const extra = {
      extra: { version: '1.0.0', dev: true },
      'node_modules/extra': { resolved: 'extra', link: true },
    }
    await dependOn({ node: 'file:node', extra: 'file:extra' }, extra)
    await bootstrap()
    expect(await readFile(join(clone, 'node_modules/extra/package.json'), 'utf8')).toContain('extra')
  })
  it('leaves the packages of the infrastructure out where the platform alone is wanted', async () => {
    await addWorkspace()
    await bootstrap({}, '--platform')
    expect([existsSync(join(clone, 'node_modules/.bin/node')), existsSync(join(clone, BINDINGS))]).toEqual([
      true,
      false,
    ])
  })
  it('brings them when they are wanted', async () => {
    await addWorkspace()
    await bootstrap({}, '--platform')
    await bootstrap()
    expect(existsSync(join(clone, BINDINGS))).toBe(true)
  })
  it('is content with all of them where the platform alone is wanted', async () => {
    await addWorkspace()
    await bootstrap()
    expect(await bootstrap({}, '--platform')).toEqual({ status: 0, text: '' })
  })
  it('begins anew after an install that was cut off', async () => {
    await mkdir(join(clone, 'node_modules/half'), { recursive: true })
    await writeFile(join(clone, 'node_modules/half/package.json'), '{}')
    await bootstrap()
    await expect(readFile(join(clone, 'node_modules/half/package.json'))).rejects.toThrow('ENOENT')
  })
  it('takes what a developer has installed with npm', async () => {
    // Said explicitly: NODE_ENV=production, from whatever started the tests, makes npm leave out the only package there is.
    execFileSync('npm', ['install', '--include=dev', '--no-audit', '--no-fund', '--loglevel=silent'], {
      cwd: clone,
      stdio: 'ignore',
    })
    expect(await bootstrap()).toEqual({ status: 0, text: '' })
  })
  it('leaves the lock file alone', async () => {
    const before = await readFile(join(clone, 'package-lock.json'), 'utf8')
    await bootstrap()
    expect(await readFile(join(clone, 'package-lock.json'), 'utf8')).toBe(before)
  })
  it('says what to do when the registry cannot be reached', async () => {
    const resolved = 'http://127.0.0.1:9/far/-/far-1.0.0.tgz'
    await dependOn(
      { node: 'file:node', far: '1.0.0' },
      { 'node_modules/far': { version: '1.0.0', dev: true, resolved } },
    )
    const { status, text } = await bootstrap({
      npm_config_fetch_retries: '0',
      npm_config_registry: 'http://127.0.0.1:9',
    })
    expect([status, text]).toEqual([1, expect.stringContaining('The package registry cannot be reached')])
  })
  it('tries again after a failed install', async () => {
    const lock = await readFile(join(clone, 'package-lock.json'), 'utf8')
    await writeFile(join(clone, 'package-lock.json'), lock.replace('"resolved":"node"', '"resolved":"lost"'))
    await rm(join(clone, 'node/node'))
    await bootstrap()
    await writeFile(join(clone, 'node/node'), '#!/bin/sh\necho v24.1.0\n', { mode: 0o755 })
    await writeFile(join(clone, 'package-lock.json'), lock)
    await bootstrap()
    expect(nodeVersion()).toBe('v24.1.0')
  })
})
