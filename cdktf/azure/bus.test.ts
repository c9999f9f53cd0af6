import { describe, expect, it } from 'vitest'
import { reference, synthesized } from './testing/synth.ts'

const stack = await synthesized()
const subscriptions = {
  ...stack.all('azurerm_eventgrid_event_subscription'),
  ...stack.all('azurerm_eventgrid_system_topic_event_subscription'),
}

describe('Event Grid', () => {
  it('has one subscription for each reaction', () => {
    const names = Object.values(subscriptions).map(({ name }) => name)
    expect(names.sort()).toEqual(stack.plan.filter(({ kind }) => kind === 'on').map(({ name }) => name))
  })
  it('gives a consumer events of its type alone', () => {
    expect(
      stack.one('azurerm_eventgrid_event_subscription', 'bus-to-thumbnails').included_event_types,
    ).toEqual(['video.uploaded'])
  })
  it('tells of objects of the container that the manifest names, and of none that begins alike', () => {
    const { subject_filter: filter } = stack.one(
      'azurerm_eventgrid_system_topic_event_subscription',
      'objects-to-media-uploaded',
    )
    expect(filter.subject_begins_with).toBe('/blobServices/default/containers/uploads/blobs/')
  })
  it('delivers into the queue that its consumer listens to, for as long as that takes', () => {
    const [endpoint] = [subscriptions['bus-to-thumbnails'].storage_queue_endpoint].flat()
    expect([endpoint.queue_name, endpoint.queue_message_time_to_live_in_seconds]).toEqual([
      reference('azurerm_storage_queue.queue-thumbnails.name'),
      -1,
    ])
  })
  it('delivers only once it is let into the queue', () => {
    expect(subscriptions['bus-to-thumbnails'].depends_on).toContain(
      'azurerm_role_assignment.may-bus-send-thumbnails',
    )
  })
  it('delivers by its own identity, and by no key', () => {
    const kinds = Object.values(subscriptions).map(({ delivery_identity: by }) => [by].flat()[0].type)
    expect(kinds).toEqual(kinds.map(() => 'SystemAssigned'))
  })
})
