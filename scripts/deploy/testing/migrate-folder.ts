import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface MigrationFolder extends AsyncDisposable {
  readonly path: string
}

interface Written {
  readonly name: string
  readonly sql: string
  readonly madeAt?: number
}

/** A folder of migrations as drizzle-kit lays it out. */
export async function writeMigrations(...migrations: readonly Written[]): Promise<MigrationFolder> {
  const path = await mkdtemp(join(tmpdir(), 'skyreel-migrations-'))
  await mkdir(join(path, 'meta'))
  for (const { name, sql } of migrations) await writeFile(join(path, `${name}.sql`), sql)
  const entries = migrations.map(({ name, madeAt }, idx) => ({
    ...{ idx, version: '7', tag: name, breakpoints: true },
    when: madeAt ?? 1000 + idx,
  }))
  const journal = { version: '7', dialect: 'postgresql', entries }
  await writeFile(join(path, 'meta/_journal.json'), JSON.stringify(journal))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) }
}
