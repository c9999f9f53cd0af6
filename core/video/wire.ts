import * as z from 'zod/mini'
import { pageQuery } from '../http/page.ts'
import { line, text } from '../http/text.ts'
import { PROTECTIONS } from '../protection/model.ts'
import { VISIBILITIES } from './model.ts'

const Time = z.iso.datetime()
const Visibility = z.enum(VISIBILITIES)
/** Of the film's tracks; `clear` where nothing is said. */
const Protection = z.enum(PROTECTIONS)
const Status = z.enum(['uploading', 'processing', 'playable', 'ready', 'failed'])

export const VideoCreate = z.strictObject({
  title: line(1, 200),
  description: z.optional(text(0, 5000)),
  visibility: z.optional(Visibility),
  protection: z.optional(Protection),
})
export const VideoUpdate = z.strictObject({
  title: z.optional(line(1, 200)),
  description: z.optional(text(0, 5000)),
  visibility: z.optional(Visibility),
  /** Before there is a film; later it takes PUT /v1/videos/:id/protection. */
  protection: z.optional(Protection),
})
export const Warning = z.object({ code: z.string(), message: z.string() })
export const Video = z.object({
  id: z.string(),
  title: z.string(),
  description: z.string(),
  visibility: Visibility,
  status: Status,
  /** Work done over work planned, 0..1; never goes back. */
  progress: z.number(),
  failure: z.optional(z.object({ reason: z.string(), message: z.string(), detail: z.optional(z.string()) })),
  warnings: z.array(Warning),
  durationSeconds: z.optional(z.number()),
  width: z.optional(z.number()),
  height: z.optional(z.number()),
  /** Signed for a few hours; absent until there is one. */
  posterUrl: z.optional(z.string()),
  protection: z.enum(PROTECTIONS),
  /** While another protection is made, or after that failed: for the owner alone. */
  nextProtection: z.optional(z.enum(PROTECTIONS)),
  protectionFailure: z.optional(z.string()),
  /** Whether the caller may change it. */
  mine: z.boolean(),
  createdAt: Time,
  updatedAt: Time,
})
export type Video = z.infer<typeof Video>
export const VideoPage = z.object({ items: z.array(Video), nextCursor: z.optional(z.string()) })
export type VideoPage = z.infer<typeof VideoPage>
/** `scope=mine` needs a token and is the default with one; `scope=public` lists what anybody may see. */
export const VideoListQuery = z.strictObject({
  ...pageQuery,
  scope: z.optional(z.enum(['mine', 'public'])),
  status: z.optional(Status),
})

export const UploadStart = z.strictObject({
  /** The film's file name, shown as the first title. Never used as a path. */
  name: text(1, 255),
  /** Bytes. */
  size: z.int().check(z.gte(0)),
  /** The media type that the browser told, a hint only: the probe decides. */
  type: z.optional(z.string().check(z.maxLength(100))),
  title: z.optional(line(1, 200)),
  /** Attach to a video made before with POST /v1/videos; else one is made. */
  videoId: z.optional(z.string().check(z.maxLength(64))),
  protection: z.optional(Protection),
})
export const SignedPart = z.object({
  number: z.int(),
  method: z.literal('PUT'),
  url: z.string(),
  headers: z.record(z.string(), z.string()),
  sizeBytes: z.int(),
  /** Name it on completion where the store answers without an etag header. */
  etag: z.optional(z.string()),
})
export type SignedPart = z.infer<typeof SignedPart>
export const StoredPart = z.object({ number: z.int(), sizeBytes: z.int(), etag: z.string() })
export const Upload = z.object({
  id: z.string(),
  videoId: z.string(),
  name: z.string(),
  /** Bytes declared at the start. */
  size: z.int(),
  state: z.enum(['open', 'completed', 'aborted']),
  partBytes: z.int(),
  partCount: z.int(),
  /** What the store holds, from the store itself: what a reloaded page need not send again. */
  storedParts: z.array(StoredPart),
  /** Signed requests for the first parts that are still missing; ask for more with POST .../parts. */
  parts: z.array(SignedPart),
  expiresAt: Time,
})
export type Upload = z.infer<typeof Upload>
export const UploadListQuery = z.strictObject({ ...pageQuery })
export const UploadPage = z.object({ items: z.array(Upload), nextCursor: z.optional(z.string()) })
export const PartsSign = z.strictObject({
  numbers: z.array(z.int().check(z.gte(1), z.lte(10_000))).check(z.minLength(1), z.maxLength(100)),
})
export const PartsSigned = z.object({ parts: z.array(SignedPart) })
export const UploadComplete = z.strictObject({
  parts: z
    .array(
      z.strictObject({
        number: z.int().check(z.gte(1), z.lte(10_000)),
        etag: z.string().check(z.maxLength(200)),
      }),
    )
    .check(z.minLength(1), z.maxLength(10_000)),
})

export const Rendition = z.object({
  name: z.string(),
  width: z.int(),
  height: z.int(),
  frameRate: z.number(),
  codecs: z.string(),
  averageBitsPerSecond: z.int(),
  peakBitsPerSecond: z.int(),
})
export type Rendition = z.infer<typeof Rendition>
export const Renditions = z.object({ items: z.array(Rendition) })
export type Renditions = z.infer<typeof Renditions>
export const Thumbnail = z.object({
  kind: z.enum(['poster', 'storyboard']),
  url: z.string(),
  width: z.optional(z.int()),
  height: z.optional(z.int()),
})
export const Thumbnails = z.object({ items: z.array(Thumbnail), expiresAt: Time })
export type Thumbnails = z.infer<typeof Thumbnails>
export const Chapter = z.strictObject({
  startSeconds: z.number().check(z.gte(0), z.lte(86_400)),
  title: line(1, 200),
})
export const Chapters = z.strictObject({ items: z.array(Chapter).check(z.maxLength(200)) })
export type Chapters = z.infer<typeof Chapters>
export const Caption = z.object({
  language: z.string(),
  label: z.string(),
  cues: z.int(),
  /** Absent for whom the film cannot be played. */
  url: z.optional(z.string()),
})
export type Caption = z.infer<typeof Caption>
export const Captions = z.object({ items: z.array(Caption) })
export type Captions = z.infer<typeof Captions>
export const CaptionQuery = z.strictObject({ label: z.optional(line(1, 60)) })

/** Where a player gets licences of one DRM system, and what it must send along. */
export const LicenseServer = z.object({
  url: z.string(),
  headers: z.record(z.string(), z.string()),
  /** FairPlay: the application certificate. */
  certificateUrl: z.optional(z.string()),
})

/** Who plays: every licence request and heartbeat carries the token as `x-skyreel-playback`. */
export const PlaybackSession = z.object({
  id: z.string(),
  token: z.string(),
  tokenExpiresAt: Time,
  /** POST .../heartbeat this often, paused or not; each answer brings the next token. */
  heartbeatSeconds: z.int(),
})
export type PlaybackSession = z.infer<typeof PlaybackSession>

export const Playback = z.object({
  videoId: z.string(),
  status: Status,
  title: z.string(),
  protection: z.enum(PROTECTIONS),
  hlsUrl: z.string(),
  /** Absent for `aes-128`, which DASH does not have. */
  dashUrl: z.optional(z.string()),
  /** The one to play: DASH for `cenc` and `cbcs`, else the same as `hlsUrl`. */
  manifestUrl: z.string(),
  session: PlaybackSession,
  /** By DRM system, those that this platform has; none where the film is clear. */
  licenses: z.partialRecord(z.enum(['clearkey', 'widevine', 'playready', 'fairplay']), LicenseServer),
  posterUrl: z.optional(z.string()),
  /** WebVTT whose cues name tiles of sprite sheets (`#xywh=`). */
  storyboardUrl: z.optional(z.string()),
  captions: z.array(z.object({ language: z.string(), label: z.string(), url: z.string() })),
  chapters: z.array(Chapter),
  durationSeconds: z.number(),
  expiresAt: Time,
})
/** Everything a player needs. All URLs are signed and stop working at `expiresAt`. */
export type Playback = z.infer<typeof Playback>

/** Data of each server-sent event `progress` of GET /v1/videos/:id/events. The stream ends behind `ready` or `failed`. */
export const ProgressEvent = z.object({
  status: Status,
  progress: z.number(),
  failure: z.optional(z.object({ reason: z.string(), message: z.string() })),
})
export type ProgressEvent = z.infer<typeof ProgressEvent>
