import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, expect, it } from 'vitest'
import { type Deployed, deployedFunctions } from './deployed.ts'
import { builtOnce } from './testing/built-once.ts'
import { deploymentEnv } from './testing/deployment-env.ts'
import { httpApi, lambdaEvents } from './testing/native-events.ts'

// Lambda's runtime client has to be compiled, and is not everywhere: a bundle for AWS is also an ES module that plain
// Node can load and call.

const functions = (await deployedFunctions()).map(({ manifest }) => manifest)
const ofKind = (kind: Deployed['manifest']['kind']) => functions.filter((manifest) => manifest.kind === kind)

let built = ''
beforeAll(async () => {
  built = await builtOnce()
}, 240_000)

/** What the bundle answers to one event, in a process of its own. */
async function answerTo(name: string, event: unknown): Promise<unknown> {
  const source = `
    const { handler } = await import('./index.mjs')
    const answer = await handler(${JSON.stringify(event)}, { awsRequestId: '8476a536-e9f4-11e8-9739-2dfe598c3fcd' })
    console.log(JSON.stringify({ answer }))`
  const args = ['--input-type=module', '--eval', source]
  const env = { PATH: process.env.PATH, ...deploymentEnv.aws }
  const options = { cwd: join(built, 'aws', name), env, timeout: 30_000 }
  const { stdout } = await promisify(execFile)(process.execPath, args, options)
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
}

it.each(ofKind('http'))('$name answers a path that is not there', async ({ name }) => {
  expect(await answerTo(name, httpApi('/v1/nowhere'))).toMatchObject({ answer: { statusCode: 404 } })
})
it.each(ofKind('on'))('$name takes an event of no concern', async ({ name }) => {
  expect(await answerTo(name, lambdaEvents.ofNoConcern)).toEqual({})
})
it.each(ofKind('cron'))('$name runs, and says that it failed', async ({ name }) => {
  await expect(answerTo(name, {})).rejects.toThrow(`${name} failed`)
})
