/**
 * What our pages may do, as a Content-Security-Policy: code of our own alone. `wasm-unsafe-eval` is the look into a film
 * before its upload, `blob:` are the player's buffers and hls.js' worker, inline styles are those of the player's controls.
 * `uploadOrigins`: where the store takes uploads, when it is not the pages' own origin.
 */
export function pagePolicy(uploadOrigins: readonly string[] = []): string {
  return [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "worker-src 'self' blob:",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' blob: data:",
    "media-src 'self' blob:",
    `connect-src ${["'self'", ...uploadOrigins].join(' ')}`,
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ')
}
