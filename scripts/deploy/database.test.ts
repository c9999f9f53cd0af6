import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ensureDatabase } from './database.ts'
import { databaseCommands } from './database-commands.ts'
import { migrateDatabase } from './migrate.ts'
import { projectName } from './neon-names.ts'
import { removeDatabase, removePreviewBranch } from './neon-remove.ts'
import { type NeonApiServer, openNeonApi } from './testing/neon-api.ts'
import { run, somePlace } from './testing/neon-deployment.ts'

const BOTH = new Set(['database-url', 'database-url-read'] as const)
const silent = { log: () => undefined }

let api: NeonApiServer
beforeAll(async () => {
  api = await openNeonApi()
})
afterAll(() => api[Symbol.asyncDispose]())

describe('the roles of a deployed database', () => {
  let urls: Awaited<ReturnType<typeof ensureDatabase>>['urls']
  let ownerUrl: string

  beforeAll(async () => {
    const made = await ensureDatabase({ place: somePlace(), neon: api.options })
    ;({ urls, ownerUrl } = made)
    await migrateDatabase(ownerUrl, silent)
  })

  const FLAG = "insert into feature_flags values ('a-flag', true, now())"

  it('lets functions write rows', async () => {
    expect((await run(urls['database-url'], FLAG)).rowCount).toBe(1)
  })
  it('lets functions neither make nor drop tables', async () => {
    await expect(run(urls['database-url'], 'create table mine (a int)')).rejects.toThrow('permission denied')
    await expect(run(urls['database-url'], 'drop table feature_flags')).rejects.toThrow('must be owner')
  })
  it('lets functions neither make roles nor take the owner’s', async () => {
    await expect(run(urls['database-url'], 'create role other')).rejects.toThrow('permission denied')
    await expect(run(urls['database-url'], 'set role skyreel_owner')).rejects.toThrow('permission denied')
  })
  it('keeps functions out of the record of migrations', async () => {
    const touching = run(urls['database-url'], 'delete from drizzle.__drizzle_migrations')
    await expect(touching).rejects.toThrow('permission denied')
  })
  it('lets readers select', async () => {
    const { rows } = await run(urls['database-url-read'], 'select count(*) from videos')
    expect(rows).toEqual([{ count: '0' }])
  })
  it('lets readers write nothing, in a transaction that they open for writing either', async () => {
    const writing = run(urls['database-url-read'], `begin read write; ${FLAG}`)
    await expect(writing).rejects.toThrow('permission denied for table feature_flags')
  })
  it('lets a function use a table that a later migration makes', async () => {
    await run(ownerUrl, 'create table later (a int)')
    expect((await run(urls['database-url'], 'insert into later values (1)')).rowCount).toBe(1)
    expect((await run(urls['database-url-read'], 'select * from later')).rowCount).toBe(1)
  })
  it('makes none of them a member of the role that may read everything', async () => {
    const { rows } = await run(
      ownerUrl,
      "select rolname from pg_roles where pg_has_role(oid, 'neon_superuser', 'member') and rolname like 'skyreel_%' and not rolsuper",
    )
    expect(rows).toEqual([{ rolname: 'skyreel_owner' }])
  })
})

describe('a second deployment', () => {
  const place = somePlace()
  beforeEach(async () => {
    await ensureDatabase({ place, neon: api.options })
    api.calls.length = 0
  })

  it('changes nothing at Neon', async () => {
    await ensureDatabase({ place, neon: api.options, written: BOTH })
    expect(api.calls.filter((call) => !call.startsWith('GET'))).toEqual([])
  })
  it('tells no connection string where the store has both', async () => {
    expect((await ensureDatabase({ place, neon: api.options, written: BOTH })).urls).toEqual({})
  })
  it('leaves the password of a role whose secret is written', async () => {
    const before = await ensureDatabase({ place, neon: api.options })
    const { urls } = await ensureDatabase({ place, neon: api.options, written: new Set(['database-url']) })
    expect(Object.keys(urls)).toEqual(['database-url-read'])
    await expect(run(before.urls['database-url'], 'select 1')).resolves.toMatchObject({ rowCount: 1 })
  })
  it('ends the old password of a role that gets a new one', async () => {
    const before = await ensureDatabase({ place, neon: api.options })
    await ensureDatabase({ place, neon: api.options })
    await expect(run(before.urls['database-url'], 'select 1')).rejects.toThrow(
      'password authentication failed',
    )
  })
  it('follows the config to another size of the compute', async () => {
    await ensureDatabase({ place: somePlace('dev', { neon: { maxComputeUnits: 16 } }), neon: api.options })
    expect([...api.state.endpoints.values()][0]).toMatchObject({
      autoscaling_limit_min_cu: 8,
      autoscaling_limit_max_cu: 16,
    })
  })
  it('follows the config to a longer history', async () => {
    await ensureDatabase({ place: somePlace('dev', { neon: { historyHours: 12 } }), neon: api.options })
    expect([...api.state.projects.values()][0]?.history_retention_seconds).toBe(43_200)
  })
  it('says what to do where the config names another region', async () => {
    const moved = somePlace('dev', { neon: { region: 'aws-us-east-1' } })
    const moving = ensureDatabase({ place: moved, neon: api.options })
    await expect(moving).rejects.toThrow('cannot be moved to the aws-us-east-1 of cdktf/config/dev.ts')
  })
})

describe('what Neon refuses', () => {
  it('waits while Neon is at work, and goes on', async () => {
    api.failures.push(423, 503, 429)
    await expect(ensureDatabase({ place: somePlace(), neon: api.options })).resolves.toBeDefined()
  })
  it('names the key that is not valid, and shows none of it', async () => {
    const neon = { ...api.options, apiKey: 'napi_wrong_key' }
    const error = await ensureDatabase({ place: somePlace(), neon }).catch((e: unknown) => e)
    expect(String(error)).toContain('Is NEON_API_KEY a valid key?')
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('napi_wrong_key')
  })
  it('is told apart from a Neon that does not answer', async () => {
    const neon = { ...api.options, baseUrl: 'http://127.0.0.1:9' }
    const asking = ensureDatabase({ place: somePlace(), neon })
    await expect(asking).rejects.toThrow('Neon could not be asked to look for the project')
  })
  it('fails at once where Neon fails, since the change may have been made', async () => {
    await ensureDatabase({ place: somePlace(), neon: api.options })
    api.calls.length = 0
    api.failures.push(500)
    await expect(ensureDatabase({ place: somePlace(), neon: api.options })).rejects.toThrow('(HTTP 500)')
    expect(api.calls).toHaveLength(1)
  })
})

describe('production', () => {
  it('is protected, and says so where the plan does not allow it', async () => {
    const said: string[] = []
    api.freePlan = true
    await ensureDatabase({ place: somePlace('prod'), neon: api.options, say: (line) => said.push(line) })
    expect(said).toEqual([expect.stringContaining('which takes a paid plan')])
    api.freePlan = false
    await ensureDatabase({ place: somePlace('prod'), neon: api.options })
    expect(api.state.branchesOf(projectOf('prod'))).toMatchObject([{ name: 'prod', protected: true }])
  })
  it('that is no longer protected by the config can be removed', async () => {
    await using fresh = await openNeonApi()
    const place = somePlace('staging')
    const having = (protectData: boolean) => ({
      ...{ place: { ...place, environment: { ...place.environment, protectData } }, neon: fresh.options },
    })
    await ensureDatabase(having(true))
    await ensureDatabase(having(false))
    await removeDatabase(having(false))
    expect(fresh.state.projects.size).toBe(0)
  })
  it('is never removed', async () => {
    const removal = removeDatabase({ place: somePlace('prod'), neon: api.options })
    await expect(removal).rejects.toThrow('set protectData to false in cdktf/config/prod.ts first')
  })
})

describe('a preview', () => {
  const place = somePlace('dev', { preview: 'pr-12' })

  it('has a branch of its own whose passwords are not those of dev', async () => {
    const dev = await ensureDatabase({ place: somePlace(), neon: api.options })
    const preview = await ensureDatabase({ place, neon: api.options })
    const passwords = [dev.ownerUrl, preview.ownerUrl, dev.urls['database-url'], preview.urls['database-url']]
    expect(new Set(passwords.map((url) => new URL(url ?? '').password)).size).toBe(4)
    await migrateDatabase(preview.ownerUrl, silent)
    await expect(run(preview.urls['database-url'], 'select 1')).resolves.toMatchObject({ rowCount: 1 })
  })
  it('lives as long as it was deployed for the last time', async () => {
    const [first, second] = [new Date('2026-11-24T10:00:00Z'), new Date('2026-11-25T10:00:00Z')]
    await ensureDatabase({ place, neon: api.options, expiresAt: first })
    await ensureDatabase({ place, neon: api.options, expiresAt: second, written: BOTH })
    const branch = api.state.branchesOf(projectOf('dev')).find(({ name }) => name === 'preview-pr-12')
    expect(branch?.expires_at).toBe(second.toISOString())
  })
  it('goes with its branch, however often, and dev stays', async () => {
    await ensureDatabase({ place, neon: api.options })
    await removePreviewBranch({ place, neon: api.options })
    await removePreviewBranch({ place, neon: api.options })
    expect(api.state.branchesOf(projectOf('dev')).map(({ name }) => name)).toEqual(['dev'])
  })
  it('is what removePreviewBranch removes, and nothing else', async () => {
    await expect(removePreviewBranch({ place: somePlace(), neon: api.options })).rejects.toThrow(
      'is no preview',
    )
  })
})

const projectOf = (name: 'dev' | 'prod') =>
  [...api.state.projects.values()].find((project) => project.name === projectName(somePlace(name)))?.id ?? ''

describe('the dry run', () => {
  it('shows every change that a first deployment asks of Neon', async () => {
    const place = somePlace('prod')
    await using fresh = await openNeonApi()
    await ensureDatabase({ place, neon: fresh.options })
    const changes = fresh.calls.filter((call) => !call.startsWith('GET')).map((call) => call.split(' ')[0])
    const shown = databaseCommands(place).map(({ argv }) => argv[0])
    expect(shown.filter((word) => word !== 'sql' && word !== 'GET')).toEqual(changes)
  })
})
