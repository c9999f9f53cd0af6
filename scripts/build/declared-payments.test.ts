import { expect, it } from 'vitest'
import { PROVIDERS, type Provider } from '../../core/billing/provider-objects.ts'
import { deployedFunctions } from './deployed.ts'
import { reachedFiles } from './named-ports.ts'

/** Whichever of them a provider's driver reads: to call it, or to verify its webhooks. */
const SECRETS: Readonly<Record<Provider, readonly string[]>> = {
  stripe: ['stripe-key', 'stripe-webhook'],
  paypal: ['paypal'],
  braintree: ['braintree'],
  razorpay: ['razorpay'],
}
/** Reads an envelope that its bus vouches for. */
const WITHOUT_SECRETS = ['provider-events']

const functions = await deployedFunctions()
const declares = (name: string) => functions.find(({ manifest }) => manifest.name === name)?.manifest.uses

/** The API that describes all others reaches their code, too, and only reads. */
async function thatReach(path: string): Promise<readonly string[]> {
  const writing = functions.filter(({ manifest }) => manifest.uses.db === 'readwrite')
  const reach = await Promise.all(writing.map(async ({ file }) => (await reachedFiles([file])).has(path)))
  return writing.filter((_, at) => reach[at]).map(({ manifest: { name } }) => name)
}

it('finds the drivers of all providers with whoever processes what waits in the inbox', async () => {
  const processing = await thatReach('core/webhooks/process.ts')
  expect(processing).toContain('webhook-worker')
  expect(processing.filter((name) => declares(name)?.payments?.length !== PROVIDERS.length)).toEqual([])
})
it('finds the drivers of all providers with whoever receives their webhooks', async () => {
  const receiving = await thatReach('core/webhooks/receive.ts')
  const declared = receiving.flatMap((name) => declares(name)?.payments ?? [])
  expect(new Set(declared)).toEqual(new Set(PROVIDERS))
})
it('finds no provider without a secret', () => {
  const without = functions.flatMap(({ manifest: { name, uses } }) =>
    (uses.payments ?? [])
      .filter((provider) => !SECRETS[provider].some((secret) => uses.secrets?.includes(secret)))
      .map((provider) => `${name}: ${provider}`),
  )
  expect(without.filter((one) => !WITHOUT_SECRETS.some((name) => one.startsWith(`${name}: `)))).toEqual([])
})
it('finds no secret of a provider that is not declared', () => {
  const unused = functions.flatMap(({ manifest: { name, uses } }) =>
    PROVIDERS.filter((provider) => !uses.payments?.includes(provider))
      .flatMap((provider) => SECRETS[provider])
      .filter((secret) => uses.secrets?.includes(secret))
      .map((secret) => `${name}: ${secret}`),
  )
  expect(unused).toEqual([])
})
