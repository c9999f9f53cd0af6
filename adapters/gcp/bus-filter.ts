/** Pub/Sub takes no longer one. */
const MAX_BYTES = 256

/**
 * Which messages of the bus a consumer's subscription takes: the events of its type that are for all, and what is put
 * before it alone (see queue.ts). Without a type the latter only: its events come by another way, as the store's do.
 * Pub/Sub mixes AND and OR in parentheses alone: https://cloud.google.com/pubsub/docs/subscription-message-filter
 */
export function subscriptionFilter(consumer: string, type?: string): string {
  const own = `attributes.consumer = ${JSON.stringify(consumer)}`
  const filter =
    type === undefined
      ? own
      : `(attributes.type = ${JSON.stringify(type)} AND NOT attributes:consumer) OR ${own}`
  if (Buffer.byteLength(filter) > MAX_BYTES)
    throw new RangeError(`the filter of ${consumer} is longer than ${MAX_BYTES} bytes`)
  return filter
}
