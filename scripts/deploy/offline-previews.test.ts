import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { previewName } from '../../cdktf/shared/place.ts'
import { HAS_TERRAFORM, Rehearsal, WITH_TERRAFORM } from './testing/offline-rehearsal.ts'

const BRANCH = 'feature/long-name'
const STACK = `aws-dev-${previewName(BRANCH)}`

describe.skipIf(!HAS_TERRAFORM)(`previews${WITH_TERRAFORM}`, () => {
  let at: Rehearsal
  const sweep = (words = 'sweep aws') => at.run('previews', words)
  beforeAll(async () => {
    at = await Rehearsal.open()
    await at.run('deploy', `aws dev --yes --preview ${BRANCH} --ttl 2`)
    await at.run('deploy', 'aws dev --yes --preview pr-9 --ttl 200')
  }, 120_000)
  afterAll(() => at[Symbol.asyncDispose]())

  it('are listed with the time at which they end', async () => {
    const { stdout } = await sweep('list aws')
    expect(stdout).toMatch(new RegExp(`${STACK}\\s+2026-11-21T14:00:00\\.000Z`))
  })
  it('are not swept before that time', async () => {
    await sweep()
    expect(existsSync(join(at.home, `${STACK}.tfstate`))).toBe(true)
  })
  it('have an end from their first part on, so that none is swept while it is made', async () => {
    await at.change({ fails: 'migrate' })
    await at.run('deploy', 'aws dev --yes --preview pr-8 --ttl 200')
    await at.change({ fails: '' })
    const { stdout } = await sweep('list aws')
    expect(stdout).toMatch(/aws-dev-pr-8\s+2026-11-29T20:00:00\.000Z/)
  })
  it('are known to another machine', async () => {
    const { stdout } = await at.run('previews', 'list aws', { SKYREEL_OFFLINE_MACHINE: 'other' })
    expect(stdout).toContain(STACK)
  })
  it('are named, and left, by --dry-run after that time', async () => {
    await at.change({ now: '2026-11-21T15:00:00.000Z' })
    const { stdout } = await sweep('sweep aws --dry-run')
    const kept = existsSync(join(at.home, `${STACK}.tfstate`))
    expect([kept, stdout]).toEqual([true, expect.stringMatching(new RegExp(`${STACK}.*over`))])
  })
  it('are told where one cannot be destroyed, and stay', async () => {
    await at.change({ fails: 'remove-database' })
    const { status, stdout } = await sweep()
    await at.change({ fails: '' })
    const kept = existsSync(join(at.home, `${STACK}.tfstate`))
    expect([status, kept, stdout.includes('remove-database fails')], stdout).toEqual([1, true, true])
  })
  it('are destroyed after that time, on a machine that has built nothing, and the others stay', async () => {
    await rm(join(at.home, 'dist'), { recursive: true })
    const { status, stdout } = await sweep()
    const left = [STACK, 'aws-dev-pr-9'].map((stack) => existsSync(join(at.home, `${stack}.tfstate`)))
    expect([status, left], stdout).toEqual([0, [false, true]])
    expect(existsSync(join(at.home, 'dist/aws/api.zip'))).toBe(true)
  })
  it('go by npm run destroy as well, without a question where it says --yes', async () => {
    const { status, stdout } = await at.run('destroy', 'aws dev --preview pr-9 --yes')
    const left = existsSync(join(at.home, 'aws-dev-pr-9.tfstate'))
    expect([status, left, stdout.includes('aws-dev-pr-9 is destroyed')], stdout).toEqual([0, false, true])
  })
})

describe.skipIf(!HAS_TERRAFORM)(`npm run destroy${WITH_TERRAFORM}`, () => {
  let at: Rehearsal
  beforeAll(async () => {
    at = await Rehearsal.open()
    await at.run('deploy', 'aws dev --yes')
  }, 60_000)
  afterAll(() => at[Symbol.asyncDispose]())

  it('refuses an environment with protected data, and says what to change', async () => {
    const { status, stderr } = await at.run('destroy', 'aws prod --yes')
    expect([status, stderr]).toEqual([1, expect.stringContaining('aws-prod holds protected data')])
  })
  it('destroys an environment for a person at a terminal only', async () => {
    const { status, stdout } = await at.run('destroy', 'aws dev --yes')
    expect([status, stdout]).toEqual([1, expect.stringContaining('by a person at a terminal only')])
  })
})
