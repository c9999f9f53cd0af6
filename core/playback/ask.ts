import type { SecurityLevel } from '../drm/model.ts'
import type { HttpRequest } from '../http/request.ts'
import type { KeyLabel } from '../protection/model.ts'
import type { Actor } from '../run/actor.ts'
import type { PlaybackSessionId, UserId } from '../run/id.ts'
import type { VideoRow } from '../video/show.ts'
import type { Door } from './model.ts'

/** Who asks: a person who is signed in or not, a playback token, or a session that a verified vendor names. */
export type Asker =
  | { readonly by: 'actor'; readonly actor: Actor | undefined; readonly device?: Device }
  | { readonly by: 'token'; readonly token: string | undefined }
  | { readonly by: 'session'; readonly sessionId: string }

export interface Device {
  /** Chosen by the client and kept by it: 8 to 64 of `A-Z a-z 0-9 _ -`. */
  readonly id: string
  readonly name?: string
  /** Tells several players of one device apart; one page, one player. */
  readonly player?: string
}

/** One question. What is not said counts as not there: it never opens anything. */
export interface Ask {
  readonly door: Door
  readonly asker: Asker
  /** By token the session's video counts; another one named here is refused. */
  readonly videoId?: string
  /** Address that we see, and the edge's country header where `config.countryHeader` names one. */
  readonly request: Pick<HttpRequest, 'clientIp' | 'headers'>
  /** Keys that are asked for, 32 lower-case hex digits each. */
  readonly keyIds?: readonly string[]
  /** As the device's own request proves; without it `software`. */
  readonly security?: SecurityLevel
  /** The licence is to be kept on the device. */
  readonly persist?: boolean
}

/** What is allowed, for the door to act on. */
export interface Permit {
  readonly video: VideoRow
  readonly session: {
    readonly id: PlaybackSessionId
    readonly userId: UserId | null
    readonly deviceId: string
    /** The token that is good from now on. */
    readonly token: string
    readonly tokenExpiresAt: Date
  }
  /** Keys of these labels may be handed out. */
  readonly labels: readonly KeyLabel[]
  /** A licence is good for so long: the least of setting, rights and plan's period. */
  readonly licenseSeconds: number
  /** Whether the licence may be kept on the device, and until when. */
  readonly persistUntil?: Date
}
