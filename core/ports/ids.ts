/** Randomness and identity. Tests bring their own. */
export interface Ids {
  /** A UUIDv7 (RFC 9562) with dashes; later ones sort after earlier ones of the same process. */
  uuid(): string
  /** Base64url text of `bytes` random bytes from the system's generator. */
  secret(bytes: number): string
}
