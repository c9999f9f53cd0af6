/** Secrets by name. Read at first use and kept for minutes, not per request. Values never reach a log. */
export interface Secrets {
  /** Throws `SecretMissing` for a name that is not set up. */
  get(name: SecretName): Promise<string>
}
/** `token-key`: private JWK (Ed25519) that signs access tokens. `delivery-key`: base64url HMAC key of playback and upload URLs. */
export type SecretName = 'token-key' | 'delivery-key'

export class SecretMissing extends Error {
  override readonly name = 'SecretMissing'
}
