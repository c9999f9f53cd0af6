import { createHash } from 'node:crypto'
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { homeOf, type OfflineCloud, readCloud, readWorld, writeCloud } from './offline-home.ts'

// The tool of a cloud that is a file: `node offline-cloud.ts <verb> ...`. It fails where the test's world says so.

type Verb = (args: readonly string[], cloud: OfflineCloud) => Promise<Partial<OfflineCloud> | undefined>

const home = homeOf(process.env)
const print = (value: unknown) => void process.stdout.write(JSON.stringify(value ?? null))
const fail = (says: string) => {
  process.stderr.write(`${says}\n`)
  process.exitCode = 1
  return undefined
}

const VERBS: Readonly<Record<string, Verb>> = {
  account: async () => void print((await readWorld(home)).account),
  check: async () => undefined,
  build: async () => void (await build(join(home, 'dist'))),
  'has-bucket': async (_, { bucket }) => (bucket ? undefined : fail('no such bucket')),
  'make-bucket': async () => ({ bucket: true }),
  'has-image': async ([tag = ''], { images }) => (images.includes(tag) ? undefined : fail('no such image')),
  'push-image': async ([tag = ''], { images }) => ({ images: [...images, tag] }),
  'has-secret': async ([name = ''], { secrets }) => void print(name in secrets),
  'write-secret': async ([name = ''], { secrets }) => ({
    secrets: { ...secrets, [name]: await text(process.stdin) },
  }),
  publish: async () => undefined,
  serving: async (_, { serving }) => void print(serving),
  previous: async (_, { previous }) => void print(previous),
  candidate: async ([version]) => void print(version),
  halfway: async (_, { halfway }) => void print(halfway),
  route: async ([from, to, percent]) => ({
    serving: String(percent === '100' ? to : from),
    halfway: percent === '100' || percent === '0' ? undefined : String(to),
  }),
  health: async () => void print((await readWorld(home)).health),
  previews: async () => void print(await previews()),
  'remove-state': async ([stackId]) => void (await rm(join(home, `${stackId}.tfstate`))),
  remember: async ([release]) => ({ previous: String(release) }),
}

const previews = async (): Promise<string[]> =>
  (await readdir(home)).flatMap((file) => /^aws-dev-(.+)\.tfstate$/.exec(file)?.[1] ?? [])

async function build(dist: string): Promise<void> {
  const code = Buffer.from(`code ${(await readWorld(home)).version}`)
  const sha256 = createHash('sha256').update(code).digest('hex')
  await mkdir(join(dist, 'aws'), { recursive: true })
  await writeFile(join(dist, 'aws/api.zip'), code)
  const functions = [{ folder: 'aws/api', zip: { path: 'aws/api.zip', sha256 } }]
  const media = { folder: 'media', files: {}, tag: 'media-1' }
  await writeFile(join(dist, 'manifest.json'), JSON.stringify({ functions, media }))
}

const [verb = '', ...args] = process.argv.slice(2)
const cloud = await readCloud(home)
const called = { ...cloud, calls: [...cloud.calls, [verb, ...args].join(' ')] }
const { fails } = await readWorld(home)
const change = fails === verb ? fail(`${verb} fails, as the test wants it`) : await VERBS[verb]?.(args, cloud)
await writeCloud(home, { ...called, ...change })
