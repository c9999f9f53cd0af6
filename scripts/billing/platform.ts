import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { openLocalBus } from '../../adapters/local/bus.ts'
import { localConfig } from '../../adapters/local/config.ts'
import { openLocalSecrets } from '../../adapters/local/secrets.ts'
import { systemClock } from '../../adapters/node/clock.ts'
import { openIds } from '../../adapters/node/ids.ts'
import { openPayments } from '../../adapters/stripe/open-payments.ts'
import type { Uses } from '../../core/ports/ports.ts'
import type { Log } from '../../core/run/log.ts'
import { readConfig } from '../../functions/entry/config.ts'
import { openDeploymentPorts } from '../deployment-ports.ts'
import { openPlatformDatabase } from '../platform-database.ts'
import { readSettings, WrongSetting } from '../settings.ts'

type Env = Readonly<Record<string, string | undefined>>
export type BillingUses = Uses<'db' | 'bus' | 'clock' | 'ids' | 'config' | 'payments'>

/** Where the inbox of webhooks lies, and the provider that it is compared with. */
export interface BillingDesk extends AsyncDisposable {
  readonly uses: BillingUses
}

/** The desk of this machine's platform, or of the deployment whose variables stand beside SKYREEL_CLOUD. */
export async function openBillingDesk(env: Env, log: Log): Promise<BillingDesk> {
  const deployment = await openDeploymentPorts(env, log)
  if (!deployment) return openLocalDesk(env, log)
  return { uses: deployment.ports, [Symbol.asyncDispose]: deployment.close }
}

async function openLocalDesk(env: Env, log: Log): Promise<BillingDesk> {
  const settings = readSettings(env)
  const config = localConfig('http://localhost', readConfig(env, 1))
  const key = env.STRIPE_API_KEY
  const secrets = openLocalSecrets(join(settings.home, 'secrets'), key ? { 'stripe-key': key } : {})
  const api = key ? undefined : localStripe(settings.home)
  const database = await openPlatformDatabase(settings, log)
  const base = { clock: systemClock, ids: openIds() }
  // Not started: it delivers nothing here, it leaves the events for the platform.
  const bus = await openLocalBus({ folder: join(settings.home, 'events'), clock: systemClock, log })
  const payments = openPayments({ secrets, clock: systemClock, api })
  const uses = { ...base, db: database.db, bus, config, payments }
  return { uses, [Symbol.asyncDispose]: () => database[Symbol.asyncDispose]() }
}

/** Where the running platform's Stripe server listens; where none has run yet, nowhere. */
function localStripe(home: string): string {
  const file = join(home, 'stripe', 'address.json')
  if (!existsSync(file))
    throw new WrongSetting(
      'The local Stripe server has not run here: start the platform (npm start), or set STRIPE_API_KEY.',
    )
  const { host, port } = JSON.parse(readFileSync(file, 'utf8')) as { host: string; port: number }
  return `http://${host}:${port}`
}
