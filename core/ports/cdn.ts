/** How a viewer gets at private media. */
export interface Delivery {
  readonly url: string
  /**
   * Whole `Set-Cookie` values that the client must hold for whatever the file refers to; none where the URL carries the
   * grant by itself. Their domain covers the API and the media.
   */
  readonly cookies: readonly string[]
}

export interface DeliveryOptions {
  /**
   * The grant is for this address alone, as the edge sees it. A driver binds all that its edge can tell the address of, and
   * declares the rest as a gap of its contract: playlists are bound everywhere. Throws `NotSupported` for an address of a
   * kind that the edge cannot bind at all.
   */
  readonly clientIp?: string
}

/**
 * Signed delivery of private media to viewers. Keys rotate with an overlap: the secret may be a list of keys, of which the
 * first signs; what an older one has signed opens for as long as the edge knows that key.
 */
export interface Cdn {
  /**
   * `file` under `prefix` in the media bucket, good until `expiresAt`. With the cookies, everything under the prefix that
   * a playlist there refers to by relative URLs opens too, so that stored playlists need no rewriting; a driver whose
   * edge cannot do that rewrites them on their way. The URL of a file that refers to no others opens that file alone, so
   * that a poster can be shown to those who may not have the film. Expired or changed grants get 403. `prefix` ends with `/`; `file` is
   * relative to it.
   */
  sign(prefix: string, file: string, expiresAt: Date, options?: DeliveryOptions): Promise<Delivery>
  /**
   * Only where the edge has no grants for a whole prefix, or none for an address: `sign` then leads playlists to
   * `GET /v1/delivery`, which hands them out with every URI in them signed by itself.
   */
  readonly playlists?: {
    /**
     * What the grant of such a URL opens, also when it is over; `undefined` for one that is not ours, not for the key or
     * not for the address that asks.
     */
    open(grant: string, key: string, clientIp: string): Promise<OpenedGrant | undefined>
  }
}

export interface OpenedGrant {
  readonly prefix: string
  readonly expiresAt: Date
  /** Set where the grant is bound: whatever it leads to is bound as well. */
  readonly clientIp?: string
}
