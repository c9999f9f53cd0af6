import type { Migration } from './migrate-files.ts'

// While a canary runs, and after a rollback, code of the release before works on the schema of this one. So a schema first grows
// (expand), and only a release later loses what nobody uses any more (contract). What takes away must say so.

interface Rule {
  readonly pattern: RegExp
  readonly says: string
}

const rule = (pattern: RegExp, says: string): Rule => ({ pattern, says })
const TABLE = String.raw`alter\s+table\s+(?:if\s+exists\s+)?(?:only\s+)?(?<table>[\w".]+)[^;]*?`
const onTable = (action: string, says: string) => rule(new RegExp(TABLE + action, 'is'), says)

const RULES: readonly Rule[] = [
  rule(/\bdrop\s+table\b/i, 'drops a table that the release before may still use'),
  rule(/\bdrop\s+(?:type|schema|view|materialized\s+view|sequence|function)\b/i, 'drops what may be in use'),
  rule(/^\s*truncate\b/im, 'deletes rows of the release before'),
  onTable(String.raw`\bdrop\s+column\b`, 'drops a column that the release before may still use'),
  onTable(String.raw`\brename\b`, 'renames what the release before still calls by its old name'),
  onTable(String.raw`\bset\s+not\s+null\b`, 'refuses rows in which the release before leaves it empty'),
  onTable(
    String.raw`\balter\s+(?:column\s+)?[\w"]+\s+(?:set\s+data\s+)?type\s`,
    'changes a type under the release before, and rewrites the table',
  ),
  onTable(String.raw`\bdrop\s+default\b`, 'takes a default that the release before may lean on'),
  onTable(
    String.raw`\badd\s+column\b(?=[^;]*\bnot\s+null\b)(?![^;]*\b(?:default|generated)\b)`,
    'adds a column that the release before does not fill, and cannot be added to rows',
  ),
  onTable(
    String.raw`\badd\s+(?:constraint\b[^;]*?\b)?(?:check|unique|foreign\s+key|primary\s+key|exclude)\b(?![^;]*\bnot\s+valid\b)`,
    'refuses rows that the release before may write, and holds the table while it looks at all of them (NOT VALID does not)',
  ),
  rule(
    /\bcreate\s+unique\s+index\b(?:\s+if\s+not\s+exists)?[^;]*?\bon\s+(?<table>[\w".]+)/is,
    'refuses rows that the release before may write',
  ),
]

/** `-- contract: <reason>, unused since <release>`, in the statement that takes away. */
const MARK = /^--\s*contract:\s*\S.{9,},\s*unused since\s+\S+/im

/** A statement that the release before may not survive, and that does not say why it may be run now. */
export interface ContractViolation {
  readonly migration: string
  readonly says: string
  readonly statement: string
}

/** What these migrations take away without a word. A table that the same migration makes is nobody's yet. */
export function contractViolations(migrations: readonly Migration[]): readonly ContractViolation[] {
  return migrations.flatMap(({ name, statements }) => {
    const fresh = new Set(statements.flatMap(madeTable))
    const wrong = statements.filter((statement) => !MARK.test(statement))
    return wrong.flatMap((statement) =>
      actionsOf(withoutComments(statement))
        .flatMap((action) => broken(action, fresh))
        .map(({ says }) => ({ migration: name, says, statement })),
    )
  })
}

/** Whether a statement says that it takes away. */
export const isContract = (statement: string): boolean => MARK.test(statement)

const broken = (statement: string, fresh: ReadonlySet<string>): readonly Rule[] =>
  RULES.filter(({ pattern }) => {
    const found = pattern.exec(statement)
    return found !== null && !fresh.has(plain(found.groups?.table ?? ''))
  })

function madeTable(statement: string): readonly string[] {
  const made = /\bcreate\s+table\s+(?:if\s+not\s+exists\s+)?([\w".]+)/i.exec(withoutComments(statement))
  return made?.[1] === undefined ? [] : [plain(made[1])]
}

/** `alter table a drop b, add c` as two statements of one action each; any other statement as it is. */
function actionsOf(statement: string): readonly string[] {
  const head = /^\s*alter\s+table\s+(?:if\s+exists\s+)?(?:only\s+)?[\w".]+/i.exec(statement)?.[0]
  if (head === undefined) return [statement]
  // A comma in parentheses is a list of columns, or numeric(10,2).
  const actions = statement.slice(head.length).split(/,(?![^(]*\))/)
  return actions.map((action) => `${head} ${action}`)
}

const plain = (name: string) => name.replaceAll('"', '').replace(/^public\./, '')

/** Comments and texts in quotes: neither does anything. Names in double quotes stay. */
const withoutComments = (sql: string) =>
  sql
    .replace(/'(?:[^']|'')*'/g, "''")
    .replace(/--[^\n]*/g, '')
    .replace(/\/\*[\s\S]*?\*\//g, '')
