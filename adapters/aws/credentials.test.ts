import { execFile } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { openAwsCredentials } from './credentials.ts'

const KEYS = { AWS_ACCESS_KEY_ID: 'ASIA1', AWS_SECRET_ACCESS_KEY: 'secret' }

/** What ECS runs beside each task: it gives the task role's credentials. */
async function openAgent() {
  let asked = 0
  const server = createServer((request, response) => {
    asked++
    const known = request.url === '/v2/credentials/1' && request.headers.authorization === 'token'
    response.writeHead(known ? 200 : 404)
    const Expiration = new Date(Date.now() + 3_600_000).toISOString()
    response.end(JSON.stringify({ AccessKeyId: 'ASIA2', SecretAccessKey: 's', Token: 't', Expiration }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v2/credentials/1`
  const dispose = () => new Promise<void>((resolve) => server.close(() => resolve()))
  return { url, asked: () => asked, [Symbol.asyncDispose]: dispose }
}

/** Asks twice in a process whose environment is this one alone: the SDK reads no other. */
async function askTwice(env: Record<string, string>): Promise<unknown> {
  const file = fileURLToPath(new URL('./credentials.ts', import.meta.url))
  const script = `
    const { openAwsCredentials } = await import(${JSON.stringify(file)})
    const credentials = openAwsCredentials(process.env)
    console.log(JSON.stringify([await credentials(), await credentials()].map(({ accessKeyId }) => accessKeyId)))`
  const only = { PATH: process.env.PATH ?? '', HOME: '/nonexistent', ...env }
  const run = promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
    ...{ env: only, timeout: 30_000 },
  })
  return JSON.parse((await run).stdout)
}

describe('credentials on AWS', () => {
  it('are those of the environment, with their token', async () => {
    const credentials = openAwsCredentials({ ...KEYS, AWS_SESSION_TOKEN: 'token' })
    expect(await credentials()).toEqual({
      ...{ accessKeyId: 'ASIA1', secretAccessKey: 'secret', sessionToken: 'token' },
    })
  })
  it('have no token where the environment has none', async () => {
    expect(await openAwsCredentials(KEYS)()).toEqual({ accessKeyId: 'ASIA1', secretAccessKey: 'secret' })
  })
  it('are the task role’s within a container, and asked for once', async () => {
    await using agent = await openAgent()
    const answers = await askTwice({
      AWS_CONTAINER_CREDENTIALS_FULL_URI: agent.url,
      AWS_CONTAINER_AUTHORIZATION_TOKEN: 'token',
    })
    expect([answers, agent.asked()]).toEqual([['ASIA2', 'ASIA2'], 1])
  })
  it('fail where there are none', async () => {
    await expect(askTwice({ AWS_EC2_METADATA_DISABLED: 'true' })).rejects.toThrow('CredentialsProviderError')
  })
})
