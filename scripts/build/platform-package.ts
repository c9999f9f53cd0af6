import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ROOT } from '../settings.ts'

type Say = (line: string) => void

const CACHE = join(ROOT, 'node_modules/.cache/skyreel/platform-packages')

/**
 * The folder of a package that npm installs on one platform only, in the version of the lock file: from `node_modules`
 * where this machine is of that platform, else fetched once and checked against the lock file's hash.
 */
export async function platformPackage(name: string, say: Say = () => undefined): Promise<string> {
  const { version, integrity } = await locked(name)
  const installed = join(ROOT, 'node_modules', name)
  if ((await versionIn(installed)) === version) return installed
  const kept = join(CACHE, `${name.replaceAll('/', '-')}-${version}`)
  if (existsSync(kept)) return kept
  say(`fetching ${name} ${version}, which is not of this machine's platform`)
  await fetchInto(kept, `${name}@${version}`, integrity)
  return kept
}

interface Locked {
  readonly version: string
  readonly integrity: string
}

async function locked(name: string): Promise<Locked> {
  const lock = JSON.parse(await readFile(join(ROOT, 'package-lock.json'), 'utf8'))
  const found = (lock as { packages: Record<string, Locked> }).packages[`node_modules/${name}`]
  if (!found) throw new Error(`package-lock.json has no ${name}`)
  return found
}

/** The version that the lock file holds a package to. */
export const lockedVersion = async (name: string): Promise<string> => (await locked(name)).version

async function versionIn(folder: string): Promise<string | undefined> {
  const file = join(folder, 'package.json')
  if (!existsSync(file)) return undefined
  return (JSON.parse(await readFile(file, 'utf8')) as Locked).version
}

/** Made whole under another name first: a fetch that was cut off must not be taken for the package. */
async function fetchInto(folder: string, wanted: string, integrity: string): Promise<void> {
  await mkdir(CACHE, { recursive: true })
  const work = await mkdtemp(join(CACHE, 'fetch-'))
  try {
    const name = (await run('npm', ['pack', wanted, '--silent', '--pack-destination', work])).trim()
    const file = join(work, name)
    check(await readFile(file), integrity, wanted)
    await run('tar', ['-xzf', file, '-C', work])
    await rename(join(work, 'package'), folder)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/** Throws where the bytes are not those that the lock file names. */
export function check(bytes: Uint8Array, integrity: string, what: string): void {
  const [algorithm = '', expected] = integrity.split('-', 2)
  const found = createHash(algorithm).update(bytes).digest('base64')
  if (found !== expected)
    throw new Error(`${what} is not what package-lock.json names: ${algorithm}-${found}`)
}

async function run(command: string, args: readonly string[]): Promise<string> {
  const child = spawn(command, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] })
  let [out, err] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text
  })
  const status = await new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}: ${err.slice(-2000)}`)
  return out
}
