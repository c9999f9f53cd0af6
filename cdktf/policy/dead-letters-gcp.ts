import { deployed } from './deployed.ts'
import {
  inner,
  list,
  mentions,
  named,
  type Resource,
  type Rule,
  resources,
  type Stack,
  text,
  unless,
} from './stack.ts'

/** On Google Cloud, what cannot be handled is kept, and somebody is told. */
export const DEAD_LETTERS_GCP: readonly Rule[] = [
  {
    name: 'every consumer has a subscription, and the subscription an end for what cannot be settled',
    on: ['gcp'],
    find: (stack) =>
      consumers(stack).flatMap((service) => {
        const pushes = resources(stack, 'google_pubsub_subscription').filter(({ values }) =>
          mentions({ ...service, values: inner(values, 'push_config') }, service),
        )
        if (pushes.length === 0) return [{ address: service.address, says: 'has no subscription' }]
        return unless(
          pushes,
          (one) => keptLetters(stack, one) !== undefined,
          'has no end for what cannot be settled that somebody could read',
        )
      }),
  },
  {
    name: 'an alarm watches every subscription of dead letters',
    on: ['gcp'],
    find: (stack) =>
      resources(stack, 'google_pubsub_subscription').flatMap((one) => {
        const kept = keptLetters(stack, one)
        if (kept === undefined || alarmedOnGoogle(stack, text(kept.values.name))) return []
        return [{ address: kept.address, says: 'is watched by no alarm that tells somebody' }]
      }),
  },
]

const consumers = (stack: Stack): readonly Resource[] =>
  deployed(stack)
    .filter(({ fn: { kind } }) => kind === 'on')
    .map(({ resource }) => resource)

/** A topic alone keeps nothing: there must be a subscription that nobody reads but people. */
function keptLetters(stack: Stack, { values }: Resource): Resource | undefined {
  const topic = named(stack, inner(values, 'dead_letter_policy').dead_letter_topic)
  return (
    topic &&
    resources(stack, 'google_pubsub_subscription').find(
      (one) =>
        one.values.push_config === undefined && named(stack, one.values.topic)?.address === topic.address,
    )
  )
}

const alarmedOnGoogle = (stack: Stack, name: string): boolean =>
  resources(stack, 'google_monitoring_alert_policy').some(
    ({ values }) =>
      list(values.notification_channels).length > 0 &&
      JSON.stringify(values.conditions).includes('num_undelivered_messages') &&
      JSON.stringify(values.conditions).includes(`"${name}\\"`.replace(/^"/, '\\"')),
  )
