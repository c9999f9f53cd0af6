import type { Place } from '../../../cdktf/shared/place.ts'
import type { Guarded } from '../column.ts'
import { azArgv, NO_QUESTIONS } from './azure-command.ts'
import { type Argv, quoted, sh } from './pipes.ts'

export interface CallerRole {
  readonly says: string
  readonly role: string
  /** Resource id. */
  readonly scope: string
  /** Succeeds once the role is known where it is looked at. */
  readonly works: Argv
}

/** Ten seconds each. Azure says that a role may take minutes until it holds. */
const TRIES = 60

/**
 * Gives the signed-in identity a role on data that it may make but not read: the owner of an account or a vault is nobody
 * to its contents. The name of the user, or the id of the application, is asked for at that moment. An application without
 * the right to read the directory cannot do this for itself: then a person does the first deployment and gives it the role.
 */
export function allowCaller(place: Place, { says, role, scope, works }: CallerRole): Guarded {
  const which = ['--role', role, '--scope', scope]
  const list = azArgv(
    place,
    'role',
    'assignment',
    'list',
    ...which,
    '--query',
    'length(@)',
    '--output',
    'tsv',
  )
  const create = azArgv(place, 'role', 'assignment', 'create', ...which, '--output', 'none')
  const wait = `n=0; until ${quoted(works)}; do n=$((n+1)); test $n -lt ${TRIES} || exit 1; sleep 10; done`
  return {
    ...{ says, env: NO_QUESTIONS },
    argv: asCaller(place, `${quoted(create)} --assignee "$me" && { ${wait}; }`),
    unless: {
      says: 'it may do so already',
      argv: asCaller(place, `has=$(${quoted(list)} --assignee "$me") && test "$has" -gt 0`),
      env: NO_QUESTIONS,
    },
  }
}

const asCaller = (place: Place, line: string): Argv => {
  const who = azArgv(place, 'account', 'show', '--query', 'user.name', '--output', 'tsv')
  return sh(`me=$(${quoted(who)}) && ${line}`)
}

/** Resource id below a resource group, as scopes and the Resource Manager's addresses have it. */
export const resourceId = ({ environment }: Place, group: string, path: string): string =>
  `/subscriptions/${environment.azure.subscriptionId}/resourceGroups/${group}/providers/${path}`

/** Lets the signed-in identity read and write the blobs of an account. */
export const allowBlobs = (
  place: Place,
  { account, container, group }: { account: string; container: string; group: string },
): Guarded =>
  allowCaller(place, {
    says: `let the signed-in identity write to ${account}`,
    role: 'Storage Blob Data Contributor',
    scope: resourceId(place, group, `Microsoft.Storage/storageAccounts/${account}`),
    works: azArgv(
      place,
      ...['storage', 'blob', 'list', '--account-name', account, '--container-name', container],
      ...['--auth-mode', 'login', '--num-results', '1', '--output', 'none'],
    ),
  })
