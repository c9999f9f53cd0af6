/** The licence services behind our proxies. Only the network: what is said to them is made in core/drm. */
export interface LicenseServers {
  /**
   * POSTs `body` and answers status, media type and bytes as they came, whatever the status. Throws `LicenseServerSilent` where
   * none came within `timeoutMs`, or the answer is longer than 1 MiB. Redirects are not followed. Only https, or http to the
   * loopback address.
   */
  post(call: LicenseCall): Promise<LicenseAnswer>
}

export interface LicenseCall {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

export interface LicenseAnswer {
  readonly status: number
  readonly contentType: string
  readonly body: Uint8Array
}

/** Out of reach, too slow, or not an answer that can be taken. */
export class LicenseServerSilent extends Error {
  override readonly name = 'LicenseServerSilent'
}
