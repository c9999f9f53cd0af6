import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { isAlive } from '../../node/process.ts'
import { openFunctionsHost } from './functions-host.ts'
import { bundleApp, until } from './functions-host-bundle.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skyreel-host-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const LIBRARY = import.meta.resolve('@azure/functions')

/** Bundles an app of these lines. */
async function deploy(...lines: string[]): Promise<string> {
  const entry = join(folder, 'entry.mjs')
  await writeFile(
    entry,
    [`import { app, output } from ${JSON.stringify(new URL(LIBRARY).pathname)}`, ...lines].join('\n'),
  )
  const bundleFolder = join(folder, 'bundle')
  await bundleApp(entry, bundleFolder)
  return bundleFolder
}
const ECHO = `app.http('echo', { route: 'v1/items/{id?}', methods: ['GET', 'POST'], handler: async (request, context) => {
  context.log('asked', process.env.NAME)
  return { jsonBody: { id: request.params.id ?? null, url: request.url, body: await request.text() } }
} })`

describe('the host of Azure functions', () => {
  it('runs a bundle with its environment', async () => {
    await using host = await openFunctionsHost({ bundleFolder: await deploy(ECHO), env: { NAME: 'x1' } })
    const answer = await fetch(`${host.url}/v1/items/7?x=1`, { method: 'POST', body: 'hello' })
    const url = expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/v1\/items\/7\?x=1$/)
    expect([await answer.json(), host.lines.map((line) => line.message)]).toEqual([
      { id: '7', url, body: 'hello' },
      expect.arrayContaining(['asked x1']),
    ])
  })
  it('does not hand its own environment on', async () => {
    const told = "app.http('env', { handler: async () => ({ jsonBody: Object.keys(process.env) }) })"
    await using host = await openFunctionsHost({ bundleFolder: await deploy(told) })
    expect(await (await fetch(`${host.url}/env`)).json()).not.toContain('VITEST')
  })
  it('puts the route prefix of host.json before the routes', async () => {
    const bundleFolder = await deploy(ECHO)
    await writeFile(join(bundleFolder, 'host.json'), '{"version":"2.0"}')
    await using host = await openFunctionsHost({ bundleFolder })
    const asked = ['/v1/items', '/api/v1/items'].map((path) => fetch(host.url + path))
    expect((await Promise.all(asked)).map(({ status }) => status)).toEqual([404, 200])
  })
  it('answers 404 for a method that is not registered', async () => {
    await using host = await openFunctionsHost({ bundleFolder: await deploy(ECHO) })
    expect((await fetch(`${host.url}/v1/items`, { method: 'DELETE' })).status).toBe(404)
  })
  it('answers 500 for a function that throws', async () => {
    const thrower = "app.http('boom', { handler: async () => { throw new Error('boom') } })"
    await using host = await openFunctionsHost({ bundleFolder: await deploy(thrower) })
    expect((await fetch(`${host.url}/boom`)).status).toBe(500)
  })
  it('tells what a function put into its outputs', async () => {
    const bundleFolder = await deploy(
      "const jobs = output.storageQueue({ queueName: 'jobs', connection: 'Q' })",
      "app.timer('tick', { schedule: '0 * * * * *', extraOutputs: [jobs], handler: (timer, context) => context.extraOutputs.set(jobs, { n: 1 }) })",
    )
    await using host = await openFunctionsHost({ bundleFolder })
    const { outputs } = await host.invoke({ name: 'tick', data: { json: '{}' } })
    expect(Object.values(outputs)).toEqual([{ json: '{"n":1}' }])
  })
  it('tells of the functions of an app', async () => {
    await using host = await openFunctionsHost({ bundleFolder: await deploy(ECHO) })
    expect(host.functions).toMatchObject([
      { name: 'echo', trigger: 'httpTrigger', binding: { route: 'v1/items/{id?}' } },
    ])
  })
  it('says why an app does not start', async () => {
    const bundleFolder = await deploy("console.error('no settings'); throw new Error('NAME is missing')")
    await expect(openFunctionsHost({ bundleFolder })).rejects.toThrow(/NAME is missing[\s\S]*no settings/)
  })
  it('says what was written when an app ends in the middle', async () => {
    const ender =
      "app.timer('end', { schedule: '0 * * * * *', handler: () => { console.error('last words'); process.exit(3) } })"
    await using host = await openFunctionsHost({ bundleFolder: await deploy(ender) })
    await expect(host.invoke({ name: 'end', data: { json: '{}' } })).rejects.toThrow(
      /ended \(3\)[\s\S]*last words/,
    )
  })
  it('says what it waited for when a function does not end', async () => {
    const hanger =
      "app.timer('hang', { schedule: '0 * * * * *', handler: () => new Promise(() => undefined) })"
    await using host = await openFunctionsHost({ bundleFolder: await deploy(hanger), patienceMs: 200 })
    await expect(host.invoke({ name: 'hang', data: { json: '{}' } })).rejects.toThrow('for hang to end')
  })
  it('ends its process when it is stopped, also with streams', async () => {
    const bundleFolder = await deploy('app.setup({ enableHttpStream: true })', ECHO)
    const host = await openFunctionsHost({ bundleFolder })
    await host.stop()
    expect([host.streaming, isAlive(host.pid)]).toEqual([true, false])
  })
  it('ends its process with the one that opened it', async () => {
    const bundleFolder = await deploy('app.setup({ enableHttpStream: true })', ECHO)
    const opener = join(folder, 'opener.ts')
    await writeFile(
      opener,
      `import { openFunctionsHost } from ${JSON.stringify(join(import.meta.dirname, 'functions-host.ts'))}
const host = await openFunctionsHost({ bundleFolder: ${JSON.stringify(bundleFolder)} })
console.log(host.pid)
process.kill(process.pid, 'SIGKILL')`,
    )
    const { stdout } = await promisify(execFile)(process.execPath, [opener]).catch((error) => error)
    const pid = Number(stdout)
    expect(await until('the host to end', async () => (isAlive(pid) ? undefined : 'ended'))).toBe('ended')
  })
})
