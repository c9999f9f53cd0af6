import { DEFAULT_PLANS } from '../../core/billing/default-plans.ts'
import { seedPlans } from '../../core/billing/seed-plans.ts'
import { WrongSetting } from '../settings.ts'
import type { Command } from './repair.ts'

/** Makes the plans of core/billing/default-plans.ts, and their meters, where the provider does not have them. */
export const makePlans: Command = async ({ uses }, { provider, dryRun }) => {
  const keys = DEFAULT_PLANS.map(({ key }) => key).join(', ')
  if (dryRun) return console.log(`Would be made where they are missing: ${keys}.`)
  const made = await seedPlans(uses.payments.of(provider))
  console.log(made.length === 0 ? `All are there: ${keys}.` : `Made: ${made.join(', ')}.`)
}

/**
 * Makes the endpoints at the provider, and prints the value of the secret that verifies them: to standard output alone, so that
 * it can go straight into a store of secrets. The provider tells it this once.
 */
export const registerWebhook: Command = async ({ uses }, { provider, url, dryRun }) => {
  const address = addressOf(provider, url)
  if (dryRun) return console.log(`Would be made at ${provider}: endpoints for ${address}.`)
  const { endpoints } = await uses.payments.of(provider).registerWebhook({ url: address })
  console.error(`Made at ${provider}: ${endpoints.map(({ id }) => id).join(', ')}, for ${address}.`)
  console.error(`The next line is the value of the secret ${provider}-webhook, and will not be told again:`)
  console.log(JSON.stringify(endpoints.map(({ secret }) => ({ secret }))))
}

function addressOf(provider: string, url: string | undefined): string {
  const given = url === undefined ? null : URL.parse(url)
  if (!given || !/^https?:$/.test(given.protocol) || given.pathname !== `/webhooks/${provider}`)
    throw new WrongSetting(`webhook needs --url https://<your host>/webhooks/${provider}`)
  return given.href
}
