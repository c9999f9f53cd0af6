import type { Place } from '../../cdktf/shared/place.ts'
import type { Command } from './column.ts'
import { DEPLOYED_ROLES, firstStatements, grantsOf } from './database-roles.ts'
import { branchName, DATABASE, OWNER_ROLE, projectName } from './neon-names.ts'

const API = 'https://console.neon.tech/api/v2'

/**
 * What `ensureDatabase` asks of Neon on a first deployment, for `--dry-run`. No shell runs these: a request stands as its method
 * and address, a statement behind `sql`. Passwords are left out.
 */
export function databaseCommands(place: Place): readonly Command[] {
  return [...apiCommands(place), ...sqlCommands(firstStatements(DATABASE))]
}

/** What follows the migration. */
export const grantCommands = (): readonly Command[] =>
  sqlCommands(DEPLOYED_ROLES.flatMap((role) => grantsOf(DATABASE, role)))

function apiCommands(place: Place): readonly Command[] {
  const project = projectName(place)
  const { region, historyHours, postgresVersion } = place.environment.neon
  const about = `${region}, PostgreSQL ${postgresVersion}, ${historyHours} hours of history`
  const root: Command[] = [
    request('GET', `/projects?search=${project}`, `look for the Neon project ${project}`),
    request('POST', '/projects', `make the Neon project ${project} (${about}), unless it is there`),
  ]
  return [...root, ...branchCommands(place)]
}

function branchCommands(place: Place): readonly Command[] {
  const name = branchName(place)
  const branches = '/projects/<project>/branches'
  const reset = `${branches}/<branch>/roles/${OWNER_ROLE}/reset_password`
  const preview = [
    request('POST', branches, `make the branch ${name} from ${place.environment.name}, unless it is there`),
    request('PATCH', `${branches}/<branch>`, `move the end of ${name}, where it was made before`),
    request('POST', reset, 'give the new branch an owner password of its own'),
  ]
  const protect = [
    request('PATCH', `${branches}/<branch>`, `protect the branch ${name}, where the plan allows`),
  ]
  return [
    ...(place.preview === '' ? [] : preview),
    ...(place.preview === '' && place.environment.protectData ? protect : []),
    request('GET', '/projects/<project>/connection_uri', 'learn how to connect, in memory only'),
  ]
}

const request = (method: string, path: string, says: string): Command => ({
  argv: [method, `${API}${path}`],
  says,
})

const sqlCommands = (statements: readonly string[]): readonly Command[] =>
  statements.map((statement) => ({ argv: ['sql', statement], says: `as ${OWNER_ROLE}` }))
