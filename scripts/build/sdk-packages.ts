import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../settings.ts'

/** Clients of clouds and vendors, which a driver loads at its first call; the libraries of the entries are not among them. */
const SDK = /^@aws-sdk\/|^@google-cloud\/storage$|^google-auth-library$|^@azure\/(?:storage-|core-)|^stripe$/

interface Locked {
  readonly dependencies?: Readonly<Record<string, string>>
}

/**
 * Folders below the root, such as `node_modules/gaxios`, of those SDKs and of all that came with them alone, by
 * the lock file. What our own dependencies need as well is not among them.
 */
export function sdkPackages(): ReadonlySet<string> {
  const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'))
  const packages = (lock as { packages: Record<string, Locked> }).packages
  const direct = Object.keys(packages['']?.dependencies ?? {})
  const reach = (names: readonly string[]) => closure(packages, names)
  const ours = reach(direct.filter((name) => !SDK.test(name)))
  const theirs = reach(direct.filter((name) => SDK.test(name)))
  return new Set([...theirs].filter((path) => !ours.has(path)))
}

function closure(packages: Readonly<Record<string, Locked>>, names: readonly string[]): Set<string> {
  const seen = new Set<string>()
  const visit = (from: string, name: string): void => {
    const path = placeOf(packages, from, name)
    if (path === undefined || seen.has(path)) return
    seen.add(path)
    for (const next of Object.keys(packages[path]?.dependencies ?? {})) visit(path, next)
  }
  for (const name of names) visit('', name)
  return seen
}

/** As Node looks: in the package's own node_modules, then in those above it. */
function placeOf(packages: Readonly<Record<string, Locked>>, from: string, name: string): string | undefined {
  const here = from === '' ? `node_modules/${name}` : `${from}/node_modules/${name}`
  if (here in packages) return here
  if (from === '') return undefined
  return placeOf(packages, from.slice(0, Math.max(0, from.lastIndexOf('/node_modules/'))), name)
}

/** The package's folder below the root that a module lies in; `undefined` for one of ours. */
export const packageOf = (id: string): string | undefined =>
  /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id.slice(ROOT.length))?.[0]
