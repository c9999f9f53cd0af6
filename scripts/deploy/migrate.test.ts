import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { describe, expect, it } from 'vitest'
import { migrate as startPlatform } from '../../adapters/local/database.ts'
import { runScript } from '../testing/run-script.ts'
import { direct } from './database-url.ts'
import { MIGRATION_LOCK, migrateDatabase, pendingMigrations } from './migrate.ts'
import { openBareDatabase } from './testing/migrate-database.ts'
import { writeMigrations } from './testing/migrate-folder.ts'
import { run } from './testing/neon-deployment.ts'

const silent = { log: () => undefined }
const ONE = { name: '0000_one', sql: 'create table one (a int)' }
const TWO = {
  name: '0001_two',
  sql: 'create table two (a int);--> statement-breakpoint\ninsert into two values (1)',
}

describe('migrateDatabase', () => {
  it('applies what is missing, in order, and nothing the second time', async () => {
    await using database = await openBareDatabase()
    await using first = await writeMigrations(ONE)
    await using both = await writeMigrations(ONE, TWO)
    const runs = [first, both, both].map(({ path }) => ({ ...silent, folder: path }))
    const applied: string[][] = []
    for (const options of runs) applied.push([...(await migrateDatabase(database.url, options)).applied])
    expect(applied).toEqual([['0000_one'], ['0001_two'], []])
  })

  it('changes nothing where one of several fails', async () => {
    await using database = await openBareDatabase()
    await using folder = await writeMigrations(ONE, { name: '0001_wrong', sql: 'create table one (a int)' })
    await expect(migrateDatabase(database.url, { ...silent, folder: folder.path })).rejects.toThrow()
    expect((await run(database.url, "select to_regclass('one') as one")).rows).toEqual([{ one: null }])
  })

  it('is done once when four begin at the same time, and the others say that they wait', async () => {
    await using database = await openBareDatabase()
    await using folder = await writeMigrations({
      name: '0000_slow',
      sql: 'create table one (a int); select pg_sleep(0.3)',
    })
    const said: string[] = []
    const options = { folder: folder.path, log: (line: string) => said.push(line) }
    const runs = await Promise.all([1, 2, 3, 4].map(() => migrateDatabase(database.url, options)))
    expect(runs.flatMap(({ applied }) => applied)).toEqual(['0000_slow'])
    expect(said).toContain('another migration is at work on this database: waiting for it')
  })

  it('and a platform that starts exclude each other', async () => {
    await using database = await openBareDatabase()
    const holder = new pg.Client({ connectionString: database.url })
    await holder.connect()
    await holder.query('select pg_advisory_lock($1)', [MIGRATION_LOCK])
    const platform = startPlatform(database.url)
    const first = await Promise.race([platform.then(() => 'migrated'), sleep(300, 'waits')])
    await holder.end()
    await platform
    expect(first).toBe('waits')
  })

  it('gives up soon where a table is in use, and can be run again', async () => {
    await using database = await openBareDatabase()
    await using first = await writeMigrations(ONE)
    await using both = await writeMigrations(ONE, {
      name: '0001_add',
      sql: 'alter table one add column b int',
    })
    await migrateDatabase(database.url, { ...silent, folder: first.path })
    const user = new pg.Client({ connectionString: database.url })
    await user.connect()
    await user.query('begin; select * from one')
    const options = { ...silent, folder: both.path, tableLockSeconds: 1 }
    const error = await migrateDatabase(database.url, options).catch((e: unknown) => e)
    await user.end()
    expect((error as Error).cause).toMatchObject({ message: 'canceling statement due to lock timeout' })
    expect((await migrateDatabase(database.url, options)).applied).toEqual(['0001_add'])
  })

  it('refuses a migration that was changed after it was applied', async () => {
    await using database = await openBareDatabase()
    await using before = await writeMigrations(ONE)
    await using after = await writeMigrations({ ...ONE, sql: 'create table one (a bigint)' })
    await migrateDatabase(database.url, { ...silent, folder: before.path })
    const changed = migrateDatabase(database.url, { ...silent, folder: after.path })
    await expect(changed).rejects.toThrow('0000_one was changed after it was applied')
  })

  it('refuses a migration that drizzle would leave out without a word', async () => {
    await using database = await openBareDatabase()
    await using before = await writeMigrations({ ...ONE, madeAt: 5000 })
    await using after = await writeMigrations({ ...ONE, madeAt: 5000 }, { ...TWO, madeAt: 4000 })
    await migrateDatabase(database.url, { ...silent, folder: before.path })
    const late = migrateDatabase(database.url, { ...silent, folder: after.path })
    await expect(late).rejects.toThrow('0001_two is older than the newest migration')
  })

  it('leaves a database of a newer release as it is', async () => {
    await using database = await openBareDatabase()
    await using newer = await writeMigrations(ONE, TWO)
    await using older = await writeMigrations(ONE)
    await migrateDatabase(database.url, { ...silent, folder: newer.path })
    const { unknown, migrations } = await pendingMigrations(database.url, { ...silent, folder: older.path })
    expect([unknown, migrations]).toEqual([1, []])
  })
})

describe('the host that is migrated', () => {
  it('is Neon’s own and not its pooler’s', () => {
    expect(
      direct('postgresql://u:p@ep-quiet-reel-12345678-pooler.eu-central-1.aws.neon.tech/skyreel'),
    ).toEqual({
      url: 'postgresql://u:p@ep-quiet-reel-12345678.eu-central-1.aws.neon.tech/skyreel',
      pooled: true,
    })
  })
  it('stays as it is elsewhere', () => {
    const url = 'postgres://u:p@db-pooler.example.com/skyreel'
    expect(direct(url)).toEqual({ url, pooled: false })
  })
})

describe('npm run migrate', () => {
  it('lists with status 2 what would be applied, then applies it, then finds nothing to do', async () => {
    await using database = await openBareDatabase()
    const env = { DATABASE_URL: database.url }
    const ends = []
    for (const words of [['--check'], [], ['--check']]) ends.push(await runScript('migrate.ts', words, env))
    expect(ends.map(({ status }) => status)).toEqual([2, 0, 0])
    expect(ends[0]?.stdout).toContain('0000_video')
  })
  it('says what is missing', async () => {
    expect(await runScript('migrate.ts', [])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('DATABASE_URL is not set'),
    })
  })
  it('repeats no password of a URL that it cannot use', async () => {
    const { status, stderr } = await runScript('migrate.ts', [], {
      DATABASE_URL: 'mysql://me:hidden@host/db',
    })
    expect([status, stderr.includes('hidden')]).toEqual([1, false])
  })
})
