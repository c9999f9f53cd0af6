import pg from 'pg'
import type { Environment } from '../../../cdktf/shared/environment.ts'
import { type Place, placeOf } from '../../../cdktf/shared/place.ts'
import { CONFIG } from '../../../cdktf/shared/wanted-stacks.ts'

/** A deployment of one of the shipped configs, with other settings of Neon. */
export function somePlace(
  name: Environment['name'] = 'dev',
  { preview = '', neon = {} }: { preview?: string; neon?: Partial<Environment['neon']> } = {},
): Place {
  const environment = CONFIG[name]
  return placeOf('aws', { ...environment, neon: { ...environment.neon, ...neon } }, preview)
}

/** Runs one statement in a session of its own. */
export async function run(url: string | undefined, statement: string): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await client.query(statement)
  } finally {
    await client.end()
  }
}
