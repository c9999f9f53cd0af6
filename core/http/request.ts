/** One HTTP request, the same on every cloud. Adapters build it; nothing else does. */
export interface HttpRequest {
  /** Upper case: `GET`, `POST` ... */
  readonly method: string
  /** Decoded path without query, beginning with `/`. No `.` or `..` segments. */
  readonly path: string
  readonly query: URLSearchParams
  /** Lower-case names; repeated headers joined as RFC 9110 5.3 says (cookies apart). */
  readonly headers: Readonly<Record<string, string>>
  readonly cookies: Readonly<Record<string, string>>
  /** Exact bytes as received; empty for no body. */
  readonly body: Uint8Array
  /** Filled by the router from `:name` parts of the route's path. */
  readonly params: Readonly<Record<string, string>>
  /** Address of the client as the trusted hop saw it, never a client's own claim. */
  readonly clientIp: string
}
