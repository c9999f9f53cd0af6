import { Problem } from '../../http/problem.ts'
import type { HttpRequest } from '../../http/request.ts'
import type { HttpResponse } from '../../http/response.ts'
import type { Permit } from '../../playback/ask.ts'
import { NotSupported } from '../../run/not-supported.ts'
import type { SecurityLevel } from '../model.ts'
import type { VendorSecrets } from './secret.ts'

/** Larger than any vendor's question. Looked at before its signature. */
export const CALLBACK_MAX_BYTES = 65_536

/** Both ways: clocks differ. */
export const CALLBACK_SKEW_SECONDS = 300

export type CallbackDelivery = Pick<HttpRequest, 'body' | 'headers'>

/** A vendor's question whose sender is proven. */
export interface Question {
  /** The playback session, as the player got it from us and the vendor from the player. */
  readonly sessionId: string
  readonly videoId?: string
  /** 32 hex digits each; absent where the vendor's form does not name them: then all keys of the film are meant. */
  readonly keyIds?: readonly string[]
  readonly security?: SecurityLevel
  readonly persist?: boolean
  /** Comes once; remembered until then. */
  readonly nonce: string
  readonly nonceUntil: Date
}

/** What the decision allows of a question. */
export interface Granted {
  readonly permit: Permit
  /** Keys that may be handed out: of those that were asked for, else of the film as it plays now. */
  readonly keyIds: readonly string[]
  /** Whether that is all of them. */
  readonly whole: boolean
}

/** How one vendor asks, and how it wants to be answered. */
export interface CallbackForm<Q extends Question = Question> {
  readonly mediaType: string
  /** Throws `CallbackRefused` for what is not proven to be from the vendor, or not of this moment. */
  read(delivery: CallbackDelivery, secrets: VendorSecrets, now: Date): Q
  allow(question: Q, granted: Granted, secrets: VendorSecrets): HttpResponse
  /** Says no and not why: the device hears of it. `status` is that of the reason, where the form has statuses. */
  deny(question: Q, status: number, secrets: VendorSecrets): HttpResponse
}

/** Nobody's question. One text for all reasons: which check failed is for the log alone. */
export class CallbackRefused extends Problem {
  readonly because: string
  constructor(because: string) {
    super({
      status: 401,
      code: 'callback-refused',
      title: 'Not taken',
      detail: 'The signature is wrong, the time too far off, or it came before.',
    })
    this.because = because
  }
}

/** 501 with the reason: a vendor whose callback nobody outside knows the form of. */
export function callbackNotSupported(vendor: string, reason: string): Problem {
  const cause = new NotSupported(`callbacks of ${vendor}: ${reason}`)
  const detail = `Callbacks of ${vendor} are not supported: ${reason}.`
  return new Problem(
    { status: 501, code: 'callback-not-supported', title: 'Not supported', detail },
    { cause },
  )
}
