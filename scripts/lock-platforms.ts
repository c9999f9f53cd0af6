import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ROOT } from './settings.ts'

const HELP = `node scripts/lock-platforms.ts

Adds to package-lock.json the optional packages of other platforms that npm leaves out when the registry at hand does not
have them. Without their entries "npm ci" refuses the lock file on every machine. Run it after "npm install <package>".
`

interface LockedPackage {
  readonly version?: string
  readonly dev?: boolean
  readonly optionalDependencies?: Readonly<Record<string, string>>
}
export type LockedPackages = Readonly<Record<string, LockedPackage>>
type Entry = LockedPackage & { readonly optional: true; readonly os?: string[]; readonly cpu?: string[] }

/** Entries that the lock lacks, by their place in it: of exact versions only, since ranges are npm's to resolve. */
export function missingPlatforms(packages: LockedPackages): Record<string, Entry> {
  const missing: Record<string, Entry> = {}
  // With what is added on the way: two versions of one package must not claim the same place.
  const all: Record<string, LockedPackage> = { ...packages }
  for (const [parent, { optionalDependencies = {}, dev }] of Object.entries(packages))
    for (const [name, version] of Object.entries(optionalDependencies)) {
      if (!/^\d/.test(version) || found(all, parent, name)?.version === version) continue
      const place = placeFor(all, parent, name)
      missing[place] = { version, ...(dev ? { dev } : {}), optional: true as const, ...platformOf(name) }
      all[place] = missing[place]
    }
  return missing
}

/** As Node looks a package up: beside the one that wants it, then further out. */
function found(packages: LockedPackages, parent: string, name: string): LockedPackage | undefined {
  for (let base = parent; ; base = base.slice(0, Math.max(0, base.lastIndexOf('/node_modules/')))) {
    const here = packages[`${base === '' ? '' : `${base}/`}node_modules/${name}`]
    if (here !== undefined || base === '') return here
  }
}

/** At the root, unless another version lies there already. */
function placeFor(packages: LockedPackages, parent: string, name: string): string {
  const beside = parent.slice(0, parent.lastIndexOf('node_modules/'))
  return `${packages[`node_modules/${name}`] === undefined ? '' : beside}node_modules/${name}`
}

const SYSTEMS = /^(android|darwin|linux|win32|freebsd|openharmony)$/
const PROCESSORS = /^(arm64|x64|arm|ppc64|s390x|ia32|riscv64|wasm32)$/

/** `@biomejs/cli-linux-x64-musl` says itself where it runs; so npm leaves it out elsewhere. */
function platformOf(name: string) {
  const words = name.split(/[/-]/)
  const [os, cpu] = [SYSTEMS, PROCESSORS].map((known) => words.find((word) => known.test(word)))
  const libc = words.includes('musl') ? { libc: ['musl'] } : {}
  return { ...(cpu ? { cpu: [cpu] } : {}), ...(os ? { os: [os] } : {}), ...libc }
}

async function main(args: readonly string[]): Promise<void> {
  if (args.includes('--help')) return console.log(HELP)
  const path = join(ROOT, 'package-lock.json')
  const lock = JSON.parse(await readFile(path, 'utf8')) as { packages: LockedPackages }
  const missing = missingPlatforms(lock.packages)
  const all = Object.entries({ ...lock.packages, ...missing }).sort(([a], [b]) => a.localeCompare(b, 'en'))
  await writeFile(path, `${JSON.stringify({ ...lock, packages: Object.fromEntries(all) }, null, 2)}\n`)
  console.log(`skyreel: ${Object.keys(missing).length} packages of other platforms were added`)
}

if (import.meta.main) await main(process.argv.slice(2))
