import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ROOT } from './settings.ts'

export interface CheckResult {
  readonly name: string
  readonly ok: boolean
  readonly seconds: number
  /** What the tool said; shown where it is not ok. */
  readonly output: string
}

const TSC = 'node_modules/typescript/bin/tsc'
const COLOURS = process.stdout.isTTY === true
const PRETTY = COLOURS ? ['--pretty'] : []
const BIOME = 'node_modules/@biomejs/biome/bin/biome'

/** Types, lint, format and the lock file, side by side. */
export function runChecks(): Promise<readonly CheckResult[]> {
  return Promise.all([
    timed('types', () => run([TSC, '--noEmit', ...PRETTY])),
    timed('types of the pages', () => run([TSC, '--noEmit', ...PRETTY, '-p', 'functions/web'])),
    timed('lint and format', () =>
      run([BIOME, 'ci', '--error-on-warnings', `--colors=${COLOURS ? 'force' : 'off'}`, '.']),
    ),
    timed('lock file', lockFileAgrees),
  ])
}

/** One line a check; behind it what a failed one said. Answers whether all are well. */
export function printChecks(results: readonly CheckResult[]): boolean {
  for (const { name, ok, seconds } of results)
    console.log(`${ok ? ' ok ' : 'FAIL'}  ${name} (${seconds.toFixed(1)} s)`)
  for (const { name, ok, output } of results) if (!ok) console.log(`\n--- ${name}\n${output}`)
  return results.every(({ ok }) => ok)
}

type Outcome = Pick<CheckResult, 'ok' | 'output'>

async function timed(name: string, body: () => Promise<Outcome>): Promise<CheckResult> {
  const from = performance.now()
  const outcome = await body()
  return { name, ...outcome, seconds: (performance.now() - from) / 1000 }
}

function run(args: readonly string[]): Promise<Outcome> {
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  const hear = (text: string) => {
    output += text
  }
  child.stdout.setEncoding('utf8').on('data', hear)
  child.stderr.setEncoding('utf8').on('data', hear)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve({ ok: code === 0, output }))
  })
}

/** `npm start` installs by the lock file alone, so a dependency that it lacks would come in any version. */
async function lockFileAgrees(): Promise<Outcome> {
  const read = async (name: string) => JSON.parse(await readFile(join(ROOT, name), 'utf8'))
  const lock = await read('package-lock.json')
  const agrees = async (folder: string) => {
    const [wanted, locked] = [await read(join(folder, 'package.json')), lock.packages[folder] ?? {}]
    return ['dependencies', 'devDependencies'].every((kind) =>
      sameEntries(wanted[kind] ?? {}, locked[kind] ?? {}),
    )
  }
  const ok = (await Promise.all(['', 'cdktf'].map(agrees))).every(Boolean)
  return {
    ok,
    output: ok ? '' : 'package.json and package-lock.json differ: run "npm install" and commit both.',
  }
}

function sameEntries(a: Record<string, string>, b: Record<string, string>): boolean {
  const names = Object.keys(a)
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name])
}

if (import.meta.main) process.exitCode = printChecks(await runChecks()) ? 0 : 1
