import type { KeyLabel, Scheme } from '../protection/model.ts'
import type { MediaRefusal } from '../video/model.ts'

/** Frames per second as a fraction: 30000/1001 is not 29.97. */
export interface Rational {
  readonly num: number
  readonly den: number
}

/** What the probe found. Sizes in pixels, times in seconds. */
export interface SourceReport {
  readonly container: string
  readonly durationSeconds: number
  /** Timestamp at which the film begins inside the file. */
  readonly startSeconds: number
  readonly sizeBytes: number
  readonly video?: SourceVideo
  readonly audio: readonly SourceAudio[]
  readonly warnings: readonly SourceWarning[]
}
export interface SourceVideo {
  readonly streamIndex: number
  readonly codec: string
  /** As displayed: after rotation and with square pixels, both even or odd as they come. */
  readonly displayWidth: number
  readonly displayHeight: number
  /** On the output grid: snapped to a broadcast rate, at most 60, constant. */
  readonly frameRate: Rational
  /** Whether the source's own rate varies or was snapped. */
  readonly variableFrameRate: boolean
  readonly durationSeconds: number
  readonly bitsPerSecond?: number
  readonly interlaced: boolean
  readonly hdr: 'pq' | 'hlg' | undefined
  readonly rotationDegrees: number
}
export interface SourceAudio {
  readonly streamIndex: number
  readonly codec: string
  readonly channels: number
  readonly sampleRate: number
  /** BCP 47; `und` when the file does not say. */
  readonly language: string
  readonly title?: string
}
/** Something a person should know although the film plays. */
export interface SourceWarning {
  readonly code:
    | 'corrupt-frames'
    | 'truncated'
    | 'audio-unreadable'
    | 'variable-frame-rate'
    | 'clock-restarts'
  readonly message: string
}

/** One output quality. */
export interface Rung {
  /** `'720p'`: short side of the ladder step; also the folder of its objects. */
  readonly name: string
  readonly width: number
  readonly height: number
  readonly averageBitsPerSecond: number
  readonly maxBitsPerSecond: number
}

/** Fixed facts of the output grid of one film. */
export interface Grid {
  readonly frameRate: Rational
  /** Frames in one group of pictures, segments and chunks hold whole multiples. */
  readonly gopFrames: number
  readonly segmentFrames: number
  readonly totalFrames: number
}

/** A key that a track is encrypted with, for this task's life only: never stored with a plan, never logged. */
export interface TrackKey {
  /** 32 lower-case hex digits. */
  readonly keyId: string
  readonly key: Uint8Array
  /** As long as the key, 16 bytes. `cbcs` holds it constant over the whole track; `cenc` must not use it twice with one key and takes none. */
  readonly iv: Uint8Array
}

/** How the tracks of a task are encrypted on their way out (ISO/IEC 23001-7), by the label of each track. */
export interface Encryption {
  readonly scheme: Scheme
  readonly keys: Readonly<Partial<Record<KeyLabel, TrackKey>>>
}

/** What an encrypted track's init segment says; playlists and manifests repeat it. */
export interface TrackProtection {
  readonly scheme: Scheme
  readonly keyId: string
  /** Whole `pssh` boxes, base64, by the UUID of their system in lower case with dashes. */
  readonly pssh: Readonly<Record<string, string>>
}

/** Encrypt anew what is packaged already, without decoding: some segments of one track, in order. */
export interface ProtectTask {
  /** Folder of the track: `720p`. */
  readonly name: string
  readonly stream: 'video' | 'audio'
  readonly init: Uint8Array
  /** Each read once, in order. Their numbers are the film's. */
  readonly segments: readonly { readonly number: number; read(): AsyncIterable<Uint8Array> }[]
  /** Where the first of them begins on the film's timeline. */
  readonly startTicks: number
  /** Number of the first movie fragment over the whole film, from 1. */
  readonly firstFragment: number
  readonly segmentSeconds: number
  readonly fragmentSeconds?: number
  /** Key of the present encryption; absent where the segments are clear. */
  readonly from?: TrackKey
  /** Absent: the segments become clear. */
  readonly to?: { readonly scheme: Scheme; readonly key: TrackKey }
}

/** Encode frames [firstFrame, firstFrame + frames) of the output grid for all `rungs` with one decode, and package them. */
export interface VideoTask {
  readonly source: string
  readonly report: SourceReport
  readonly grid: Grid
  readonly firstFrame: number
  readonly frames: number
  readonly rungs: readonly Rung[]
  readonly encryption?: Encryption
}
/** Encode one audio track as a whole, AAC stereo or mono, and package it. */
export interface AudioTask {
  readonly source: string
  readonly report: SourceReport
  readonly track: SourceAudio
  /** Folder name of the track: `audio-0-en`. */
  readonly name: string
  readonly segmentSeconds: number
  readonly durationSeconds: number
  readonly encryption?: Encryption
}
/** Poster and storyboard of the film. */
export interface StillsTask {
  readonly source: string
  readonly report: SourceReport
  readonly storyboard: StoryboardGrid
  readonly posterAtSeconds: number
  /**
   * The film in its lowest quality as one MP4, where that is made already: the storyboard then costs next to nothing,
   * while another decode of the source would cost about a tenth of the whole transcode.
   */
  readonly preview?: () => AsyncIterable<Uint8Array>
  /**
   * Decodes no more than the key frame before each tile and around the poster, wherever they lie: a tile may show what
   * was some seconds before its time.
   */
  readonly keyFramesOnly?: boolean
}
export interface StoryboardGrid {
  readonly tileWidth: number
  readonly tileHeight: number
  readonly columns: number
  readonly rows: number
  readonly everySeconds: number
  readonly tiles: number
}

/** A finished output file. It is deleted as soon as the sink has resolved: stores its segments and forgets them. */
export interface OutputFile {
  /** Relative: `720p/init.mp4`, `720p/17.m4s`, `poster.jpg`, `storyboard-0.jpg`. */
  readonly name: string
  readonly contentType: string
  readonly sizeBytes: number
  read(): AsyncIterable<Uint8Array>
}
export type Sink = (file: OutputFile) => Promise<void>

export interface Segment {
  /** Over the whole film, from 1: the file is `<track>/<number>.m4s`. */
  readonly number: number
  readonly durationTicks: number
  readonly sizeBytes: number
  /** For the I-frame playlist: each key frame with its movie fragment's head. Video only. */
  readonly keyframes: readonly {
    readonly offset: number
    readonly sizeBytes: number
    readonly durationTicks: number
  }[]
}
/** One packaged track of one chunk. `startTicks` is where the chunk lies on the film's timeline. */
export interface TrackOutput {
  readonly name: string
  /** RFC 6381, read from the init segment. */
  readonly codecs: string
  readonly timescale: number
  readonly startTicks: number
  /** SHA-256 in hex of the init segment with its creation times cleared; the same for all chunks of a track. */
  readonly initSha256: string
  readonly segments: readonly Segment[]
  /** Video: frames encoded. Audio: samples. Checked against the plan before the unit is done. */
  readonly samples: number
  readonly width?: number
  readonly height?: number
  readonly channels?: number
  readonly sampleRate?: number
  /** As the init segment says it; absent where the track is clear. */
  readonly protection?: TrackProtection
}
export interface VideoOutput {
  readonly tracks: readonly TrackOutput[]
  readonly warnings: readonly SourceWarning[]
}
export interface StillsOutput {
  readonly poster: { readonly name: string; readonly width: number; readonly height: number }
  /** Sheets in order, each `columns x rows` tiles but the last. */
  readonly sheets: readonly string[]
  readonly storyboard: StoryboardGrid
}

export interface Watch {
  readonly signal: AbortSignal
  /** Work done so far in this task, 0..1, rising. */
  readonly progress: (fraction: number) => void
}

/**
 * The media tools: ffmpeg and shaka-packager, native or WebAssembly. A task works in its own scratch folder, which is
 * gone when the promise settles, and its processes are gone too. A tool's failure throws `MediaFailed` with the tail
 * of what the tool said; an aborted signal throws the signal's reason.
 */
export interface Media {
  /** Looks at container and streams and decodes both ends. A film that cannot be processed is a value, not an error. */
  probe(
    source: string,
    watch: Watch,
  ): Promise<{ readonly report: SourceReport } | { readonly refused: MediaRefusal }>
  video(task: VideoTask, sink: Sink, watch: Watch): Promise<VideoOutput>
  audio(task: AudioTask, sink: Sink, watch: Watch): Promise<TrackOutput>
  /** The samples stay what they were; the segments keep their numbers and durations. */
  protect(task: ProtectTask, sink: Sink, watch: Watch): Promise<TrackOutput>
  stills(task: StillsTask, sink: Sink, watch: Watch): Promise<StillsOutput>
}

export class MediaFailed extends Error {
  override readonly name = 'MediaFailed'
  /** The last lines that the tool printed. */
  readonly tail: string
  constructor(message: string, tail: string, options?: ErrorOptions) {
    super(message, options)
    this.tail = tail
  }
}
