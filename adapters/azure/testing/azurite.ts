import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { BlobServiceClient, StorageSharedKeyCredential } from '@azure/storage-blob'
import { QueueServiceClient } from '@azure/storage-queue'

const FILE = fileURLToPath(
  new URL('../../../scripts/clouds/node_modules/azurite/dist/src/azurite.js', import.meta.url),
)

/** Why Azurite cannot run here; `undefined` where it can. */
export const azuriteMissing = (): string | undefined =>
  existsSync(FILE) ? undefined : 'azurite is not installed: npm ci in scripts/clouds'

/** Azurite's published development account. */
export const ACCOUNT = 'devstoreaccount1'
export const ACCOUNT_KEY =
  'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=='

export interface Azurite extends AsyncDisposable {
  /** With the account in the path, as an emulator has it. */
  readonly blobEndpoint: string
  readonly queueEndpoint: string
  /** A new empty container; the name begins as said. */
  makeContainer(beginning: string): Promise<string>
  makeQueue(name: string): Promise<void>
}

/** Ends with its parent, however that ends: the pipe to it closes then. */
const GUARD = `process.stdin.resume(); process.stdin.on('end', () => process.exit())
process.argv.splice(1, 0, ${JSON.stringify(FILE)}); require(${JSON.stringify(FILE)})`
/** The last one: the SDKs speak a newer version of the protocol than Azurite claims to know. */
const ARGUMENTS = '--inMemoryPersistence --silent --disableTelemetry --skipApiVersionCheck'.split(' ')
const PORTS = ['--blobPort', '0', '--queuePort', '0', '--tablePort', '0']

/** Files of a certificate; with it the stores speak HTTPS, and take tokens. */
export interface Certificate {
  readonly cert: string
  readonly key: string
}

/** Blob and queue stores of Azure in a child process on free ports, all in memory. Up in about a second. */
export async function openAzurite(tls?: Certificate): Promise<Azurite> {
  const folder = await mkdtemp(join(tmpdir(), 'skyreel-azurite-'))
  const secure = tls ? ['--cert', tls.cert, '--key', tls.key, '--oauth', 'basic'] : []
  const child = spawn(process.execPath, ['-e', GUARD, '--', ...ARGUMENTS, ...PORTS, ...secure], {
    cwd: folder,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      // Asked politely it waits for every idle connection; all of its state is in memory.
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
    await rm(folder, { recursive: true, force: true })
  }
  try {
    const ports = await portsOf(child)
    const [blobEndpoint, queueEndpoint] = [`${ports.Blob}/${ACCOUNT}`, `${ports.Queue}/${ACCOUNT}`]
    await allowPlayers(blobEndpoint)
    return {
      ...{ blobEndpoint, queueEndpoint },
      makeContainer: (beginning) => makeContainer(blobEndpoint, beginning),
      makeQueue: async (name) => void (await queues(queueEndpoint).createQueue(name)),
      [Symbol.asyncDispose]: stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

const START_WITHIN_MS = 30_000

async function portsOf(child: ChildProcess): Promise<Ports> {
  let said = ''
  return new Promise((resolve, reject) => {
    const late = new Error(`azurite did not listen within ${START_WITHIN_MS / 1000} s`)
    const timer = setTimeout(() => reject(late), START_WITHIN_MS)
    child.once('exit', (code) => reject(new Error(`azurite ended with ${code}: ${said}`)))
    // Read to the end of its life: a closed pipe would end it.
    child.stdout?.on('data', (chunk) => {
      said += chunk
      const ports = readPorts(said)
      if (!ports) return
      clearTimeout(timer)
      resolve(ports)
    })
  })
}

interface Ports {
  readonly Blob: string
  readonly Queue: string
}

function readPorts(said: string): Ports | undefined {
  const urlOf = (name: string) =>
    new RegExp(`${name} service is successfully listening at (\\S+)`).exec(said)?.[1]
  const [Blob, Queue] = [urlOf('Blob'), urlOf('Queue')]
  return Blob !== undefined && Queue !== undefined ? { Blob, Queue } : undefined
}

const credential = () => new StorageSharedKeyCredential(ACCOUNT, ACCOUNT_KEY)
const blobs = (endpoint: string) => new BlobServiceClient(endpoint, credential())
const queues = (endpoint: string) => new QueueServiceClient(endpoint, credential())

/** As the infrastructure sets it on the account: players of any site read, pages send parts. */
async function allowPlayers(endpoint: string): Promise<void> {
  const allowed = { allowedOrigins: '*', allowedMethods: 'GET,HEAD,PUT,OPTIONS', allowedHeaders: '*' }
  await blobs(endpoint).setProperties({ cors: [{ ...allowed, exposedHeaders: '*', maxAgeInSeconds: 3600 }] })
}

let made = 0

async function makeContainer(endpoint: string, beginning: string): Promise<string> {
  made++
  const name = `${beginning}-${process.pid}-${made}`
  await blobs(endpoint).createContainer(name)
  return name
}
