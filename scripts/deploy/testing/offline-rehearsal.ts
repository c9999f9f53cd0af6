import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ROOT } from '../../settings.ts'
import type { Ended } from '../../testing/run-script.ts'
import type { Journal } from '../journal.ts'
import { FAIR, type OfflineCloud, type OfflineWorld, readCloud, writeWorld } from './offline-home.ts'

const RUN = fileURLToPath(new URL('offline-run.ts', import.meta.url))

export const HAS_TERRAFORM = spawnSync('terraform', ['version']).status === 0
/** Behind the title of suites that need it, so that a run without it says what it left out. */
export const WITH_TERRAFORM = HAS_TERRAFORM ? '' : ' (left out: terraform is not on the PATH)'

/** Deployments to a cloud that is a folder, by the whole script in a process of its own. */
export class Rehearsal implements AsyncDisposable {
  readonly home: string
  /** What the server of the deployed platform answers to /readyz. */
  ready = 200
  #world: OfflineWorld
  readonly #server: Server

  private constructor(home: string, server: Server) {
    this.home = home
    this.#server = server
    this.#world = { ...FAIR, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
  }

  static async open(): Promise<Rehearsal> {
    const server = createServer((request, response) => {
      const [status, type] = rehearsal.#answer(request.url ?? '')
      response.writeHead(status, { 'content-type': type }).end('{}')
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const rehearsal: Rehearsal = new Rehearsal(await mkdtemp(join(tmpdir(), 'skyreel-offline-')), server)
    await rehearsal.change({})
    return rehearsal
  }

  #answer(path: string): readonly [number, string] {
    if (path === '/') return [200, 'text/html']
    if (path === '/healthz') return [200, 'application/json']
    return path === '/readyz' ? [this.ready, 'application/json'] : [404, 'application/problem+json']
  }

  async change(world: Partial<OfflineWorld>): Promise<void> {
    this.#world = { ...this.#world, ...world }
    await writeWorld(this.home, this.#world)
  }

  /** `npm run <command> -- <words>`; answers when it has ended, however it did. */
  run(command: string, words: string, env: Readonly<Record<string, string>> = {}): Promise<Ended> {
    return new Promise((resolve) => {
      const options = { env: this.#env(env), maxBuffer: 16 * 1024 * 1024 }
      execFile(process.execPath, [RUN, command, ...words.split(' ')], options, (error, stdout, stderr) =>
        resolve({ status: Number(error?.code ?? 0), stdout, stderr }),
      )
    })
  }

  /** The same, and does not wait. */
  start(command: string, words: string): Started {
    return new Started(spawn(process.execPath, [RUN, command, ...words.split(' ')], { env: this.#env({}) }))
  }

  #env(own: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
    const path = [join(ROOT, 'node_modules/.bin'), process.env.PATH].join(':')
    return { ...process.env, PATH: path, CI: '', SKYREEL_OFFLINE_HOME: this.home, ...own }
  }

  cloud(): Promise<OfflineCloud> {
    return readCloud(this.home)
  }

  async journal(): Promise<Journal> {
    return JSON.parse(await readFile(join(this.home, 'journals/aws-dev.json'), 'utf8')) as Journal
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close()
    this.#server.closeAllConnections()
    await rm(this.home, { recursive: true, force: true })
  }
}

/** A command that runs. */
export class Started {
  readonly child: ChildProcess
  printed = ''
  readonly #ended: Promise<unknown>

  constructor(child: ChildProcess) {
    this.child = child
    this.#ended = once(child, 'close')
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.printed += text
      })
  }

  /** Resolves when it has printed the text; throws when it ends before. */
  async says(text: string): Promise<void> {
    while (!this.printed.includes(text)) {
      if (this.child.exitCode !== null) throw new Error(`it ended without "${text}":\n${this.printed}`)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  async kill(signal: 'SIGKILL' | 'SIGINT'): Promise<number | null> {
    this.child.kill(signal)
    await this.#ended
    return this.child.exitCode
  }
}

/** The steps that were left out since they were done, by what a deployment printed. */
export const doneBefore = (printed: string): readonly string[] =>
  [...printed.matchAll(/done before {2}(\w+)/g)].map(([, step = '']) => step)
