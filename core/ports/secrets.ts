/** Secrets by name. Read at first use and kept for minutes, not per request. Values never reach a log. */
export interface Secrets {
  /** Throws `SecretMissing` for a name that is not set up. */
  get(name: SecretName): Promise<string>
}
/**
 * `token-key`: private JWK (Ed25519) that signs access tokens. `delivery-key`: base64url HMAC key of playback and upload
 * URLs. Only in the clouds: `database-url`: connection string, and
 * `database-url-read`: that of a role that may only select. `storage-key`: what signs the store's own URLs (Google: the
 * service account's key file as JSON; Azure: the account key, base64; AWS: none, the function's role signs). `cdn-key`: what
 * signs for the CDN (CloudFront: private key as PEM; Cloud CDN: base64url; Azure: none).
 * `stripe-key`: restricted or secret API key. `stripe-webhook`: JSON list of `{secret, notAfter?}` (notAfter: ISO 8601).
 * `paypal`, `braintree`, `razorpay`: JSON of what the driver of that name says; a provider without one is not set up.
 */
export type SecretName =
  | 'token-key'
  | 'delivery-key'
  | 'database-url'
  | 'database-url-read'
  | 'storage-key'
  | 'cdn-key'
  | 'stripe-key'
  | 'stripe-webhook'
  | 'paypal'
  | 'braintree'
  | 'razorpay'

export class SecretMissing extends Error {
  override readonly name = 'SecretMissing'
}
