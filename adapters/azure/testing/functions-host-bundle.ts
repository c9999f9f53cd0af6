import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { rolldown } from 'rolldown'
import { type FunctionsHost, openFunctionsHost } from './functions-host.ts'

/** Bundles an entry with all that it needs into a folder that the host takes; the route prefix is empty. */
export async function bundleApp(entry: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  const external = [/^node:/, '@azure/functions-core']
  const build = await rolldown({ input: entry, platform: 'node', external, logLevel: 'silent' })
  try {
    await build.write({ dir: folder, format: 'esm', entryFileNames: 'app.mjs' })
  } finally {
    await build.close()
  }
  await writeFile(join(folder, 'package.json'), JSON.stringify({ type: 'module', main: 'app.mjs' }))
  const host = { version: '2.0', extensions: { http: { routePrefix: '' } } }
  await writeFile(join(folder, 'host.json'), JSON.stringify(host))
}

/** The app of `functions-host-fixture.ts`, bundled into a folder that goes with it. */
export async function openFixture(env: Readonly<Record<string, string>> = {}): Promise<FunctionsHost> {
  const bundleFolder = await mkdtemp(join(tmpdir(), 'skyreel-azure-'))
  const remove = () => rm(bundleFolder, { recursive: true, force: true })
  try {
    await bundleApp(join(import.meta.dirname, 'functions-host-fixture.ts'), bundleFolder)
    const host = await openFunctionsHost({ bundleFolder, env })
    const stop = () => host.stop().finally(remove)
    return { ...host, stop, [Symbol.asyncDispose]: stop }
  } catch (error) {
    await remove()
    throw error
  }
}

/** What the fixture's consumers were given so far, and how its streams ended. */
export async function seenBy({ url }: FunctionsHost): Promise<Record<string, unknown>[]> {
  const answer = await fetch(`${url}/seen`)
  return (await answer.json()) as Record<string, unknown>[]
}

/** Asks until it is so; rejects after 10 s with what it waited for. */
export async function until<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
  const end = Date.now() + 10_000
  while (Date.now() < end) {
    const found = await ask()
    if (found !== undefined) return found
    await sleep(20)
  }
  throw new Error(`waited 10 s for ${what}`)
}
