/** Secrets by name. Read at first use and kept for minutes, not per request. Values never reach a log. */
export interface Secrets {
  /** Throws `SecretMissing` for a name that is not set up. */
  get(name: SecretName): Promise<string>
}
/**
 * `token-key`: private JWK (Ed25519) that signs access tokens. `delivery-key`: base64url HMAC key of playback and upload
 * URLs, or a JSON list of them: the first signs, all verify. Only in the clouds: `database-url`: connection string, and
 * `database-url-read`: that of a role that may only select. `storage-key`: what signs the store's own URLs (Google: the
 * service account's key file as JSON; Azure: the account key, base64, or a JSON list of the account's two,
 * of which the first signs; AWS: none, the function's role signs). `cdn-key`: what signs for the CDN (CloudFront: private key as
 * PEM, RSA of 2048 bits or ECDSA on P-256, or a JSON list of `{keyId, pem}`; Cloud CDN: base64url, or a JSON list of
 * `{name, key}`; of a list the first signs; Azure: none).
 * `stripe-key`: restricted or secret API key. `stripe-webhook`: JSON list of `{secret, notAfter?}` (notAfter: ISO 8601).
 * `paypal`, `braintree`, `razorpay`: JSON of what the driver of that name says; a provider without one is not set up.
 * `wrapping-key`: only on one machine: JSON list of `{id, key}` (key: base64url, 32 bytes), the first wraps, all unwrap; in the
 * clouds a key service holds what wraps. `widevine`, `playready`, `fairplay`: JSON of what core/drm says; a system without one
 * is not set up. `drm-vendors`: JSON object by vendor: what signs entitlements for it and what its callbacks are verified with.
 * `speke`: JSON list of `{user, password}` (password: at least 32 characters) of packagers that may ask for keys.
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
  | 'wrapping-key'
  | 'widevine'
  | 'playready'
  | 'fairplay'
  | 'drm-vendors'
  | 'speke'

export class SecretMissing extends Error {
  override readonly name = 'SecretMissing'
}
