/** Puts messages before one consumer alone, past the bus: a dead letter that is replayed, an event that was postponed. */
export interface Queue {
  /**
   * Resolves once the platform holds the message durably. `consumer` is the name of a deployed function; `body` is a
   * wire event as JSON text (see core/run/wire-event.ts), 60,000 bytes of UTF-8 at most: longer ones throw
   * `MessageTooLong`, on every platform. `delaySeconds` 0 to 900; drivers that cannot wait take it for 0.
   */
  send(consumer: string, body: string, options?: { readonly delaySeconds?: number }): Promise<void>
}

export class MessageTooLong extends Error {
  override readonly name = 'MessageTooLong'
}

/** Azure's storage queues hold 64 KiB of base64; 48 KiB of bytes would fit there, so such a driver sends text unencoded. */
export const MESSAGE_MAX_BYTES = 60_000

/** Throws `MessageTooLong`. Every driver calls it first. */
export function checkMessage(body: string): string {
  const length = new TextEncoder().encode(body).length
  if (length > MESSAGE_MAX_BYTES)
    throw new MessageTooLong(`a message of ${length} bytes, ${MESSAGE_MAX_BYTES} at most`)
  return body
}
