import { describe, expect, it } from 'vitest'
import { reference, synthesized } from './testing/synth.ts'

const TOPIC =
  '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/stripe/providers/Microsoft.EventGrid/partnerTopics/ed-61Qz9aB2eZv'
const config = { billing: { stripePartnerTopicId: TOPIC } }
const stack = await synthesized({ config })
const subscription = stack.one('azapi_resource', 'stripe-to-provider-events')
const { deliveryWithResourceIdentity: delivery, deadLetterWithResourceIdentity: letters } =
  subscription.body.properties

describe('the partner topic of Stripe', () => {
  it('has a subscription under it', () => {
    expect([subscription.parent_id, subscription.type]).toEqual([
      TOPIC,
      expect.stringMatching(/^Microsoft\.EventGrid\/partnerTopics\/eventSubscriptions@/),
    ])
  })
  it('delivers CloudEvents into the queue of whoever reacts to events of providers', () => {
    expect([subscription.body.properties.eventDeliverySchema, delivery.destination]).toMatchObject([
      'CloudEventSchemaV1_0',
      {
        endpointType: 'StorageQueue',
        properties: { queueName: reference('azurerm_storage_queue.queue-provider-events.name') },
      },
    ])
  })
  it('keeps what it cannot deliver', () => {
    expect(letters.deadLetterDestination.properties.blobContainerName).toBe(
      reference('azurerm_storage_container.bucket_dead_letters.name'),
    )
  })
  it('acts as the one identity that is let in, by no key', () => {
    const own = reference('azurerm_user_assigned_identity.identity-stripe-events.id')
    expect([delivery.identity, letters.identity]).toEqual(
      Array(2).fill({ type: 'UserAssigned', userAssignedIdentity: own }),
    )
  })
  it('is lent that identity by the id that it will have', () => {
    const { name } = stack.one('azurerm_user_assigned_identity', 'identity-stripe-events')
    const topic = stack.one('azapi_update_resource', 'stripe-topic')
    expect(Object.keys(topic.body.identity.userAssignedIdentities)).toEqual([
      `/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/skyreel-dev/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}`,
    ])
  })
  it('delivers only once it is let in', () => {
    expect(subscription.depends_on.sort()).toEqual([
      'azapi_update_resource.stripe-topic',
      'azurerm_role_assignment.may-stripe-send-provider-events',
      'azurerm_role_assignment.may-stripe-write-dead-letters',
    ])
  })
  it.each([
    ['without a topic', {}],
    ['in a preview, which would take them from its environment', { config, preview: 'pr-12' }],
  ])('has no subscription of ours %s', async (_, wish) => {
    expect(Object.keys((await synthesized(wish)).all('azapi_resource'))).not.toContain(
      'stripe-to-provider-events',
    )
  })
})
