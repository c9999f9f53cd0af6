import type { SessionId, UserId } from './id.ts'

/** Who asks. Handlers pass it to `can(actor, action, resource)`; nobody is `undefined`. */
export interface Actor {
  readonly userId: UserId
  readonly sessionId: SessionId
}
