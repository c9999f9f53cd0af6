/** Where a film stands. `playable`: low qualities over the whole timeline; `ready`: all of them. */
export type VideoStatus = 'uploading' | 'processing' | 'playable' | 'ready' | 'failed'
/** `subscribers`: shown to everybody as a public one is, played by those alone whose plan has the feature for it. */
export const VISIBILITIES = ['private', 'public', 'subscribers'] as const
export type Visibility = (typeof VISIBILITIES)[number]
/** Whether others than the owner may see that it is there. */
export const isShown = (visibility: Visibility): boolean => visibility !== 'private'

/** Why a film cannot be processed, each with words for the person who uploaded it. */
export const FAILURES = {
  'empty-file': 'The file is empty.',
  'not-video': 'This is not a video or audio file.',
  malformed:
    'The file is damaged: its index cannot be read. If it is an MP4, it may not have been finished writing. Export or copy it again.',
  truncated: 'The file ends too early: a part of it is missing. Upload it again.',
  'too-short': 'The film is shorter than a tenth of a second.',
  'too-long': 'The film is longer than 24 hours.',
  'too-large-picture': 'The picture is larger than 8192 pixels on a side.',
  'still-image': 'This is a picture, not a film.',
  'unsupported-codec': 'The film uses a format that cannot be decoded here.',
  'drm-protected': 'The film is encrypted. Upload a copy without protection.',
  'nothing-decodes': 'No picture and no sound could be decoded from the file.',
  'upload-expired': 'The upload was not finished in time. Upload the film again.',
  'work-failed': 'The film could not be transcoded, although it was tried several times.',
} as const
export type FailureReason = keyof typeof FAILURES

/** A typed refusal: the reason, and what exactly was found where that helps. */
export interface MediaRefusal {
  readonly reason: Exclude<FailureReason, 'work-failed' | 'upload-expired'>
  readonly detail?: string
}

const NEXT: Readonly<Record<VideoStatus, readonly VideoStatus[]>> = {
  uploading: ['processing', 'failed'],
  processing: ['playable', 'ready', 'failed'],
  playable: ['ready', 'failed'],
  ready: [],
  failed: ['uploading', 'processing'],
}
/** Whether a film may go from one status to another. */
export const mayBecome = (from: VideoStatus, to: VideoStatus): boolean => NEXT[from].includes(to)

export const canPlay = (status: VideoStatus): boolean => status === 'playable' || status === 'ready'

/** Prefix of all objects of a film in the media bucket; one generation under it is `<prefix>g<n>/`. */
export const mediaPrefix = (videoId: string): string => `videos/${videoId}/`
export const generationPrefix = (videoId: string, generation: number): string =>
  `${mediaPrefix(videoId)}g${generation}/`
/**
 * Prefix of what is played: tracks, playlists and manifest. Each encryption of a generation but the first has its own
 * beside the generation's, so that a grant for one opens no other; pictures stay in the generation's.
 */
export const filmPrefix = (videoId: string, generation: number, edition: number): string =>
  edition === 0 ? generationPrefix(videoId, generation) : `${mediaPrefix(videoId)}g${generation}e${edition}/`

/** Captions as they came; they outlive generations. Copies of them lie below `filmPrefix`, where playlists name them. */
export const captionPrefix = (videoId: string): string => `${mediaPrefix(videoId)}captions/`

/** Prefix of a video's uploaded films in the uploads bucket. */
export const sourcePrefix = (videoId: string): string => `films/${videoId}/`
/** Key of the uploaded film in the uploads bucket. The client's file name is never part of it. */
export const sourceKey = (videoId: string, uploadId: string): string => sourcePrefix(videoId) + uploadId
/** The inverse of `sourceKey`; `undefined` for a key of another form. */
export function parseSourceKey(key: string): { videoId: string; uploadId: string } | undefined {
  const match = /^films\/(vid_[0-9a-f]{32})\/(upl_[0-9a-f]{32})$/.exec(key)
  return match?.[1] && match[2] ? { videoId: match[1], uploadId: match[2] } : undefined
}
