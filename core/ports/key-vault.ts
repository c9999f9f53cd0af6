/**
 * The key that wraps the keys of films, held by the cloud's key service (AWS KMS, Cloud KMS, Key Vault; a file on one
 * machine). It never leaves: we send 32 bytes and get them wrapped, and the other way round.
 */
export interface KeyVault {
  /**
   * `plain` (32 bytes) wrapped by the newest version of the key. `context` is bound to it: unwrapping with another one fails.
   * Wrapping the same bytes twice gives different text. Throws where the key service does not answer.
   */
  wrap(plain: Uint8Array, context: string): Promise<WrappedKey>
  /**
   * The bytes again, also of an older version of the key. Throws `NotUnwrapped` for text that is changed, of another context or
   * of a key that is gone; another error where the service does not answer.
   */
  unwrap(wrapped: WrappedKey, context: string): Promise<Uint8Array>
  /** Name of the version that wraps now. What another one has wrapped is due to be wrapped anew. */
  version(): Promise<string>
}

export interface WrappedKey {
  /** Version of the wrapping key, as the driver names it. */
  readonly version: string
  /** Base64url; the driver's own form. */
  readonly text: string
}

/** The wrapped key is not ours, not for this context, or its wrapping key was destroyed. Asking again will not help. */
export class NotUnwrapped extends Error {
  override readonly name = 'NotUnwrapped'
}
