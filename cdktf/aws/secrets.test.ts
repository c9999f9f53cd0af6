import { beforeAll, describe, expect, it } from 'vitest'
import { type Synthesized, statementsOf, synthAws } from './testing/synth.ts'

let paypal: Synthesized
beforeAll(async () => {
  paypal = await synthAws({ change: { billing: { providers: ['paypal'] } } })
})
const WEBHOOKS = 'payment-webhooks'

describe('a deployment that is paid by one provider', () => {
  it('has no secret of another, for each is paid for', () => {
    const made = Object.keys(paypal.all('aws_secretsmanager_secret'))
    expect(made.filter((id) => /stripe|paypal|braintree|razorpay/.test(id))).toEqual(['secret-paypal'])
  })
  it('lets the API of webhooks read its secret alone', () => {
    const read = statementsOf(paypal, WEBHOOKS).find(({ Sid }) => Sid === 'ReadSecrets')?.Resource
    expect(read?.filter((arn) => !arn.includes('database-url'))).toEqual([
      `\${aws_secretsmanager_secret.secret-paypal.arn}`,
    ])
  })
  it('tells the API of webhooks which secrets there are not', () => {
    const { variables } = paypal.resource('aws_lambda_function', `fn-${WEBHOOKS}`).environment
    expect(variables.SKYREEL_SECRETS_LEFT_OUT).toMatch(
      /^stripe-key,stripe-webhook,braintree,razorpay,widevine/,
    )
  })
})
