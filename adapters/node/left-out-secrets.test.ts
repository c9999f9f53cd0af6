import { describe, expect, it } from 'vitest'
import { SecretMissing } from '../../core/ports/secrets.ts'
import { withoutLeftOut } from './left-out-secrets.ts'

/** As a store answers who asks for what its role does not name. */
const forbidden = { get: (name: string) => Promise.reject(new Error(`${name} is forbidden`)) }
const held = { get: async (name: string) => `value of ${name}` }
const env = { SKYREEL_SECRETS_LEFT_OUT: 'paypal,braintree' }

describe('a secret that the deployment has not made', () => {
  it.each(['paypal', 'braintree'] as const)('is missing, not forbidden: %s', async (name) => {
    await expect(withoutLeftOut(env, forbidden).get(name)).rejects.toThrow(SecretMissing)
  })
})

describe('a secret that the deployment has made', () => {
  it('is asked for', async () => {
    expect(await withoutLeftOut(env, held).get('razorpay')).toBe('value of razorpay')
  })
  it('is asked for where nothing is left out', async () => {
    expect(await withoutLeftOut({}, held).get('paypal')).toBe('value of paypal')
  })
  it('is forbidden where a permission was forgotten', async () => {
    const asked = withoutLeftOut(env, forbidden).get('stripe-key')
    await expect(asked).rejects.not.toBeInstanceOf(SecretMissing)
  })
})
