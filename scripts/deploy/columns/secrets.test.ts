import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { dev } from '../../../cdktf/config/dev.ts'
import { CLOUDS } from '../../../cdktf/shared/environment.ts'
import { secretsOn } from '../../../cdktf/shared/needs.ts'
import { placeOf } from '../../../cdktf/shared/place.ts'
import { dryHands } from '../dry-hands.ts'
import { newSecretValue } from '../secret-values.ts'
import { columnOn, OPEN } from './testing/columns.ts'
import { openStandIns, type StandIns } from './testing/stand-ins.ts'

const VALUE = 'postgres://app:very%20secret@db.example.com/skyreel?a=$(b)&c="d"'

/** Under which the functions look for it. */
const STORED = {
  aws: 'secret skyreel-dev/database-url',
  gcp: 'secret skyreel-dev-database-url',
  azure: 'secret database-url',
} as const

describe.each(CLOUDS)('a secret on %s', (cloud) => {
  // Secrets are written before the first apply has told anything.
  const column = OPEN[cloud]({ place: placeOf(cloud, dev), outputs: undefined })

  it('is stored as it is, under the name that the functions read', async () => {
    await using standIns = await openStandIns()
    await standIns.hands.runAll(column.writeSecret('database-url', VALUE))
    expect(standIns.state.get(STORED[cloud])).toBe(VALUE)
  })

  it('exists once it has a value', async () => {
    await using standIns = await openStandIns()
    const exists = () => standIns.hands.ask(column.secretExists('database-url'), false)
    const before = await exists()
    await standIns.hands.runAll(column.writeSecret('database-url', VALUE))
    expect([before, await exists()]).toEqual([false, true])
  })

  it('is no argument of any process and in no log', async () => {
    await using standIns = await openStandIns()
    await standIns.hands.runAll(column.writeSecret('database-url', VALUE))
    expect(`${JSON.stringify(await standIns.calls())}${await standIns.log()}`).not.toContain('very%20secret')
  })

  it('is no argument of any command, whichever secret it is', async () => {
    const made = secretsOn(placeOf(cloud, dev)).map(async (name) => {
      const value = (await newSecretValue(name, cloud)) ?? VALUE
      return column
        .writeSecret(name, value)
        .filter(({ argv }) => argv.join(' ').includes(value.slice(0, 40).trim()))
    })
    expect((await Promise.all(made)).flat()).toEqual([])
  })

  it('is not shown by a dry run', async () => {
    const lines: string[] = []
    const value = (await newSecretValue('cdn-key', cloud)) ?? VALUE
    await dryHands((line) => lines.push(line)).runAll(column.writeSecret('cdn-key', value))
    expect(lines.join('\n')).not.toContain(value.split('\n').at(1) ?? value)
  })

  it('can be shown by a dry run that has made no value', async () => {
    const lines: string[] = []
    await dryHands((line) => lines.push(line)).runAll(column.writeSecret('cdn-key', '<value>'))
    expect(lines.length).toBeGreaterThan(1)
  })
})

describe('the key of CloudFront', () => {
  it('leaves its public half where the stack reads it', async () => {
    await using standIns = await openStandIns()
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    await standIns.hands.runAll(columnOn('aws').writeSecret('cdn-key', pem))
    const half = createPublicKey(pem).export({ type: 'spki', format: 'pem' })
    expect(standIns.state.get('parameter /skyreel-dev/cdn-public-key')).toBe(half)
  })
})

describe('the key of Cloud CDN', () => {
  const KEY = `${'k'.repeat(22)}==`
  const place = 'key skyreel of skyreel-dev-media'

  it('is given to the backend of the media', async () => {
    await using standIns = await openStandIns()
    await standIns.hands.runAll(columnOn('gcp').writeSecret('cdn-key', KEY))
    expect(standIns.state.get(place)).toBe(KEY)
  })

  it('replaces one that an earlier deployment left without its secret', async () => {
    await using standIns = await openStandIns()
    standIns.state.set(place, 'another')
    await standIns.hands.runAll(columnOn('gcp').writeSecret('cdn-key', KEY))
    expect(standIns.state.get(place)).toBe(KEY)
  })

  it('does not exist where the secret has a value that the CDN does not know', async () => {
    await using standIns = await openStandIns()
    standIns.state.set('secret skyreel-dev-cdn-key', KEY)
    expect(await standIns.hands.ask(columnOn('gcp').secretExists('cdn-key'), true)).toBe(false)
  })

  it('exists where both have it', async () => {
    await using standIns = await openStandIns()
    await standIns.hands.runAll(columnOn('gcp').writeSecret('cdn-key', KEY))
    expect(await standIns.hands.ask(columnOn('gcp').secretExists('cdn-key'), false)).toBe(true)
  })
})

describe('the vault of Azure', () => {
  const stored = async (standIns: StandIns) => {
    await standIns.hands.runAll(columnOn('azure').writeSecret('database-url', VALUE))
    return standIns.state.get('role Key Vault Secrets Officer of deployer@example.com')
  }

  it('is opened for who deploys, who has made it and may not see into it', async () => {
    await using standIns = await openStandIns()
    expect(await stored(standIns)).toMatch(/Microsoft\.KeyVault\/vaults\/skyreel/)
  })
  it('is opened once', async () => {
    await using standIns = await openStandIns()
    await stored(standIns)
    await stored(standIns)
    expect(
      (await standIns.calls()).filter((call) => call.join(' ').startsWith('az role assignment create')),
    ).toHaveLength(1)
  })
  it('tells what it has without a role in it', async () => {
    await using standIns = await openStandIns()
    expect(await standIns.hands.ask(columnOn('azure').secretExists('token-key'), true)).toBe(false)
  })
})
