/**
 * Which messages of the bus a consumer's subscription takes, as `adapters/gcp/bus-filter.ts` writes it; a test holds the
 * two together, since infrastructure reads no adapters. Without a type only what is put before this consumer alone.
 */
export function subscriptionFilter(consumer: string, type?: string): string {
  const own = `attributes.consumer = ${JSON.stringify(consumer)}`
  if (type === undefined) return own
  return `(attributes.type = ${JSON.stringify(type)} AND NOT attributes:consumer) OR ${own}`
}
