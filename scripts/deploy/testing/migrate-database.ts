import { randomBytes } from 'node:crypto'
import { inject } from 'vitest'
import { run } from './neon-deployment.ts'

export interface BareDatabase extends AsyncDisposable {
  readonly url: string
}

/** An empty database of its own, without a migration. */
export async function openBareDatabase(): Promise<BareDatabase> {
  const name = `bare_${randomBytes(8).toString('hex')}`
  const at = (database: string) => {
    const url = new URL(inject('templateUrl'))
    url.pathname = `/${database}`
    return url.href
  }
  await run(at('postgres'), `create database ${name}`)
  const dispose = async () => void (await run(at('postgres'), `drop database ${name} with (force)`))
  return { url: at(name), [Symbol.asyncDispose]: dispose }
}
