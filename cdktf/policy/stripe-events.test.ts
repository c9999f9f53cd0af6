import { describe, expect, it } from 'vitest'
import { synthAws } from '../aws/testing/synth.ts'
import { synthesized as synthAzure } from '../azure/testing/synth.ts'
import { environment } from '../shared/environment.ts'
import { placeOf } from '../shared/place.ts'
import { CONFIG } from '../shared/wanted-stacks.ts'
import { RULES } from './rules.ts'
import { resources, type Stack } from './stack.ts'

const billing = {
  stripeEventSource: 'aws.partner/stripe.com/ed_test_61Qz9aB2eZvKYlo2C',
  stripePartnerTopicId: `/subscriptions/${CONFIG.prod.azure.subscriptionId}/resourceGroups/stripe/providers/Microsoft.EventGrid/partnerTopics/ed-61Qz9aB2eZv`,
}
const prod = environment({ ...CONFIG.prod, billing })

const stacks: readonly (readonly [stack: Stack, has: string])[] = [
  [
    { place: placeOf('aws', prod), ...(await synthAws({ environment: 'prod', change: { billing } })) },
    'aws_cloudwatch_event_rule.rule-stripe-provider-events',
  ],
  [
    { place: placeOf('azure', prod), ...(await synthAzure({ environment: 'prod', config: { billing } })) },
    'azapi_resource.stripe-to-provider-events',
  ],
]

describe.each(stacks)('with Stripe’s events by the bus of $place.cloud', (stack, has) => {
  it(`there is ${has}`, () => {
    expect(resources(stack).map(({ address }) => address)).toContain(has)
  })
  it.each(RULES.filter(({ on }) => on.includes(stack.place.cloud)))('$name', ({ find }) => {
    expect(find(stack).map(({ address, says }) => `${address} ${says}`)).toEqual([])
  })
})
