import { direct } from './deploy/database-url.ts'
import { migrateDatabase, pendingMigrations } from './deploy/migrate.ts'
import { isContract } from './deploy/migrate-contract.ts'
import type { Migration } from './deploy/migrate-files.ts'
import { explain, table } from './terminal.ts'

const HELP = `npm run migrate [-- --check]

Brings the database of DATABASE_URL to the newest migration of core/database/migrations, in one transaction, and grants the
roles of functions what they may do. One run works at a time; others wait. Nothing to do is no error.

  --check        lists what would be applied, and changes nothing
  DATABASE_URL   postgres://owner:password@host:5432/database, as the role that owns the tables. Neon's pooled host is
                 replaced by the direct one: a pooler cannot hold the lock.

Ends with 0 when the database is up to date, 1 when that failed, and with --check 2 when there is something to apply.
`

const PENDING = 2
const say = (line: string) => console.error(`skyreel: ${line}`)

async function main(words: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  if (words.some((word) => word === '--help' || word === '-h')) return told(HELP)
  const unknown = words.find((word) => word !== '--check')
  if (unknown !== undefined) throw new Error(`there is no option ${unknown}; --help tells the others`)
  const { DATABASE_URL: url = '' } = env
  if (url === '') throw new Error('DATABASE_URL is not set: say which database (--help tells its form)')
  direct(url)
  return words.includes('--check') ? check(url) : apply(url)
}

async function apply(url: string): Promise<number> {
  const { applied } = await migrateDatabase(url, { log: say })
  return told(applied.length === 0 ? 'The database is up to date.' : `Applied ${applied.join(', ')}.`)
}

async function check(url: string): Promise<number> {
  const { migrations } = await pendingMigrations(url, { log: say })
  if (migrations.length === 0) return told('The database is up to date.')
  told(table(['would be applied', 'statements', 'takes away'], migrations.map(rowOf)))
  return PENDING
}

const rowOf = ({ name, statements }: Migration): readonly string[] => {
  const contracts = statements.filter(isContract).length
  return [name, String(statements.length), contracts === 0 ? 'nothing' : `${contracts} statements`]
}

function told(text: string): number {
  console.log(text)
  return 0
}

process.exitCode = await main(process.argv.slice(2), process.env).catch((error: unknown) => {
  console.error(`skyreel: ${explain(error)}`)
  return 1
})
