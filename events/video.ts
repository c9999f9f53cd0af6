export interface VideoEvents {
  /** The film lies whole in the store and is about to be transcoded. */
  'video.uploaded': { readonly videoId: string; readonly generation: number }
  /** Low qualities over the whole timeline can be watched. */
  'video.playable': { readonly videoId: string; readonly generation: number }
  'video.ready': { readonly videoId: string; readonly generation: number }
  'video.failed': { readonly videoId: string; readonly generation: number; readonly reason: string }
  /** Its owner wants it encrypted in another way; `edition` is to be made. */
  'video.protecting': {
    readonly videoId: string
    readonly generation: number
    readonly edition: number
    readonly protection: string
  }
  /** That is done: from now on this edition is played. */
  'video.protected': {
    readonly videoId: string
    readonly generation: number
    readonly edition: number
    readonly protection: string
  }
  /** The owner deleted it: its work must stop and its objects must go. */
  'video.deleted': { readonly videoId: string }
}
