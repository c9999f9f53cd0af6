import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './settings.ts'

/** Its own package: emulators, peers of the benchmarks and Lambda's runtime client weigh as much as all the rest. */
export const RUNTIMES = join(ROOT, 'scripts/clouds')
const MODULES = join(RUNTIMES, 'node_modules')
const STAMP = join(MODULES, '.skyreel-stamp')
const INSTALL = ['install', '--no-save', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error']

/**
 * Installs what stands in for the clouds in tests, where it is not there yet; under a second where it is. Answers why it
 * could not, or `undefined`. Lambda's runtime client is compiled meanwhile (cmake, g++, make); where that fails it is
 * left out, and its suites say so.
 */
export async function getCloudRuntimes(say: (line: string) => void): Promise<string | undefined> {
  const lock = readFileSync(join(RUNTIMES, 'package-lock.json'))
  const wanted = createHash('sha256').update(lock).update(`${process.platform} ${process.arch}`).digest('hex')
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === wanted) return undefined
  say('installing the emulators and runtimes of the clouds (first run, or their lock file has changed) ...')
  rmSync(STAMP, { force: true })
  const failure = await npm(INSTALL)
  if (failure === undefined) writeFileSync(STAMP, wanted)
  return failure
}

async function npm(args: readonly string[]): Promise<string | undefined> {
  const own = process.env.npm_execpath
  const [command, ...before] = own?.endsWith('.js') ? [process.execPath, own] : ['npm']
  // NODE_ENV=production would leave nothing out here, but a global prefix of the outer npm must not lead elsewhere.
  const env = { ...process.env, npm_config_local_prefix: '', npm_config_prefix: undefined }
  const child = spawn(command ?? 'npm', [...before, ...args], {
    cwd: RUNTIMES,
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let tail = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    tail = (tail + text).slice(-4000)
  })
  const ended = await new Promise<string | number>((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('close', (code, signal) => resolve(code ?? signal ?? 'unknown'))
  })
  return ended === 0
    ? undefined
    : `npm install in scripts/clouds ended with ${ended}: ${tail.trim().split('\n').at(-1) ?? ''}`
}
