/** Signed delivery of private media to viewers. */
export interface Cdn {
  /**
   * A URL of `file` under `prefix` in the media bucket, good until `expiresAt`. The same grant opens every object under
   * the prefix by a URL relative to it, so that playlists need no rewriting. Expired or changed URLs get 403.
   * `prefix` ends with `/`; `file` is relative to it.
   */
  sign(prefix: string, file: string, expiresAt: Date): Promise<string>
}
