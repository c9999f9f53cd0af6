/** How a viewer gets at private media. */
export interface Delivery {
  readonly url: string
  /**
   * Whole `Set-Cookie` values that the client must hold for whatever the file refers to; none where the URL carries the
   * grant by itself. Their domain covers the API and the media.
   */
  readonly cookies: readonly string[]
}

/** Signed delivery of private media to viewers. */
export interface Cdn {
  /**
   * `file` under `prefix` in the media bucket, good until `expiresAt`. With the cookies, everything under the prefix that
   * a playlist there refers to by relative URLs opens too, so that stored playlists need no rewriting; a driver whose
   * edge cannot do that rewrites them on their way. The URL of a file that refers to no others opens that file alone, so
   * that a poster can be shown to those who may not have the film. Expired or changed grants get 403. `prefix` ends with `/`; `file` is
   * relative to it.
   */
  sign(prefix: string, file: string, expiresAt: Date): Promise<Delivery>
  /**
   * Only where the edge has no grants for a whole prefix: `sign` then leads playlists to `GET /v1/delivery`, which hands
   * them out with every URI in them signed by itself.
   */
  readonly playlists?: {
    /** What the grant of such a URL opens, also when it is over; `undefined` for one that is not ours or not for the key. */
    open(grant: string, key: string): Promise<{ prefix: string; expiresAt: Date } | undefined>
  }
}
