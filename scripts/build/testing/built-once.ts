import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isAlive } from '../../../adapters/node/process.ts'
import { listFiles } from '../../house-files.ts'
import { ROOT } from '../../settings.ts'
import { buildAll } from '../build-all.ts'
import { deployedFunctions } from '../deployed.ts'

const INPUTS = ['core', 'events', 'adapters', 'functions', 'scripts/build', 'scripts/media-image']
const FRAMEWORK = '@google-cloud/functions-framework'
const WAIT_MS = 180_000
/** Of this user: what another one has built is not ours to remove. */
const PREFIX = `skyreel-bundles-${process.getuid?.() ?? ''}-`
const KEEP_MS = 1_200_000

/**
 * The folder of a whole build of the present sources, made by whichever suite asks first and kept until they change. It
 * lies outside of the checkout: an import that was not bundled finds nothing there.
 */
export async function builtOnce(): Promise<string> {
  const out = join(tmpdir(), `${PREFIX}${await hashOfInputs()}`)
  const until = Date.now() + WAIT_MS
  while (!existsSync(out)) {
    if (await own(`${out}.lock`)) await build(out).finally(() => rm(`${out}.lock`, { recursive: true }))
    else if (Date.now() > until) throw new Error(`another suite has not built ${out} within ${WAIT_MS} ms`)
    else await sleep(200)
  }
  return out
}

/** Whether this process may build. A lock whose owner was killed is taken over by the next who looks. */
async function own(lock: string): Promise<boolean> {
  const owner = join(lock, 'pid')
  try {
    await mkdir(lock)
    await writeFile(owner, String(process.pid))
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    if (existsSync(owner) && !isAlive(Number(await readFile(owner, 'utf8'))))
      await rm(lock, { recursive: true, force: true })
    return false
  }
}

async function build(out: string): Promise<void> {
  if (existsSync(out)) return
  await removeOld()
  const work = `${out}.work`
  await rm(work, { recursive: true, force: true })
  await buildAll({
    ...{ out: work, clouds: ['aws', 'gcp', 'azure'], functions: await deployedFunctions() },
    ...{ arch: 'x64', whole: true, say: () => undefined },
  })
  // Google's buildpack installs the one package that a bundle names; here it is the one of the checkout.
  const link = join(work, 'gcp/node_modules', FRAMEWORK)
  await mkdir(dirname(link), { recursive: true })
  await symlink(join(ROOT, 'node_modules', FRAMEWORK), link)
  await rename(work, out)
}

/** Those of older sources, a hundred megabytes each; not those that another run may be reading. */
async function removeOld(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(PREFIX)) continue
    const path = join(tmpdir(), name)
    const { mtimeMs } = await stat(path)
    if (Date.now() - mtimeMs > KEEP_MS) await rm(path, { recursive: true, force: true })
  }
}

async function hashOfInputs(): Promise<string> {
  const folders = await Promise.all(
    INPUTS.map(async (folder) => (await listFiles(join(ROOT, folder))).map((path) => `${folder}/${path}`)),
  )
  const paths = [...folders.flat().filter((path) => !path.endsWith('.test.ts')), 'package-lock.json']
  // With the checkout: the runtimes of one must not meet the framework of another, which keeps its own list of functions.
  const hash = createHash('sha256').update(ROOT)
  const texts = await Promise.all(paths.map((path) => readFile(join(ROOT, path))))
  for (const [at, path] of paths.entries()) hash.update(`\n${path}\n`).update(texts[at] ?? '')
  return hash.digest('hex').slice(0, 16)
}
