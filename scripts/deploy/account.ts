import type { Deployment } from './deployment.ts'
import { CommandFailed, Refused } from './shell.ts'

const NO_SUCH_PROGRAM = 127

/**
 * Throws `Refused` where the credentials are of another account than the config's, or there are none. Before anything else
 * that asks a cloud: in another account a function or a bucket may have the same name.
 */
export async function checkAccount(deployment: Deployment): Promise<void> {
  const { hands, place } = deployment
  const { account } = deployment.column()
  const found = await hands.ask(account.query, account.wanted).catch((cause: unknown) => {
    if (!(cause instanceof CommandFailed) || cause.ended.status === NO_SUCH_PROGRAM) throw cause
    throw new Refused(`there are no credentials for ${place.cloud}, or they have ended`, account.signIn, {
      cause,
    })
  })
  if (found === account.wanted) return
  throw new Refused(
    `the credentials are of the account ${found}, and ${account.field} of cdktf/config/${place.environment.name}.ts says ${account.wanted}`,
    `Sign in to that account (${account.signIn}), or mend the config.`,
  )
}

/** Throws `Refused` where a variable that the database needs is not set. */
export function checkVariables({ ground: { env, database } }: Pick<Deployment, 'ground'>): void {
  const missing = Object.entries(database.needs).filter(([name]) => !env[name])
  if (missing.length === 0) return
  throw new Refused(
    `${missing.map(([name]) => name).join(', ')} must be set`,
    missing.map(([name, where]) => `${name}: ${where}`).join('\n'),
  )
}
