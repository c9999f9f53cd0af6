/** Who asks for the decision. Each asks `decide`, and nothing else decides. */
export const DOORS = [
  /** GET /v1/videos/:id/playback: opens a session. */
  'playback',
  /** GET /v1/stream/:id: opens a session, or goes on with the token's. */
  'stream',
  /** GET /v1/stream/hls/:file. */
  'playlist',
  'heartbeat',
  /** GET /v1/license/key/:kid: AES-128. */
  'key',
  'clearkey',
  'widevine',
  'playready',
  'fairplay',
  /** A vendor asks us while it makes a licence. */
  'callback',
] as const
export type Door = (typeof DOORS)[number]

/** Why a session is over. A session without heartbeats is over by time and needs no word. */
export type SessionEnd = 'closed' | 'revoked' | 'token-copied' | 'device-removed' | 'replaced'

interface Words {
  readonly status: number
  readonly title: string
  readonly detail: string
}

/** Every reason for which nobody gets to play, in words for the person who wants to. */
export const REFUSALS = {
  'not-found': { status: 404, title: 'Not found', detail: 'There is no such video.' },
  'not-playable-yet': { status: 409, title: 'Not yet', detail: 'The film is still being made ready.' },
  'film-failed': { status: 409, title: 'Failed', detail: 'The film could not be processed.' },
  'sign-in-required': { status: 401, title: 'Sign in first', detail: 'Sign in to watch this film.' },
  'subscription-required': {
    status: 402,
    title: 'For subscribers',
    detail: 'This film is for subscribers. The plans that have it are at /plans/.',
  },
  'playback-token-invalid': {
    status: 401,
    title: 'Start again',
    detail: 'The playback token is not one of ours, or not for this. Ask for the playback again.',
  },
  'playback-token-expired': {
    status: 401,
    title: 'Start again',
    detail: 'The playback token is over. Ask for the playback again.',
  },
  'playback-token-replayed': {
    status: 401,
    title: 'Played elsewhere',
    detail: 'This playback token was used before. Ask for the playback again.',
  },
  'playback-ended': {
    status: 403,
    title: 'Playback was ended',
    detail:
      'This playback was ended: by you on another device, by the film’s owner, or because it was away for long.',
  },
  'too-many-streams': {
    status: 409,
    title: 'Too many screens',
    detail: 'Your plan is playing on as many screens as it has. Stop one of them, or choose a larger plan.',
  },
  'too-many-devices': {
    status: 409,
    title: 'Too many devices',
    detail: 'You have used as many devices as you may within 30 days. Remove one in your account.',
  },
  'not-in-your-country': {
    status: 451,
    title: 'Not in your country',
    detail: 'This film may not be shown in the country that you seem to be in.',
  },
  'anonymous-network': {
    status: 403,
    title: 'VPN or proxy',
    detail: 'This film may not be shown through a VPN or proxy. Turn it off and try again.',
  },
  'not-open-yet': { status: 403, title: 'Not yet', detail: 'This film may not be shown yet.' },
  'no-longer-open': { status: 403, title: 'No longer', detail: 'This film may not be shown any more.' },
  'age-restricted': {
    status: 403,
    title: 'Not for your age',
    detail: 'This film is for older viewers than your account is set to.',
  },
  'taken-down': { status: 451, title: 'Taken down', detail: 'This film was taken down.' },
  'quality-not-allowed': {
    status: 403,
    title: 'Not in this quality',
    detail: 'Your plan or your device may not have this quality.',
  },
  'foreign-key': {
    status: 403,
    title: 'Not a key of this film',
    detail: 'The key that was asked for is not of this film.',
  },
  'offline-not-allowed': {
    status: 403,
    title: 'Not to keep',
    detail: 'This film may not be kept on the device, or your plan does not have that.',
  },
  'too-many-requests': {
    status: 429,
    title: 'Too often',
    detail: 'That was asked for too often. Wait a moment.',
  },
  'decision-unavailable': {
    status: 503,
    title: 'Try again',
    detail: 'Whether you may watch cannot be told at the moment. Try again.',
  },
} as const satisfies Readonly<Record<string, Words>>

export type RefusalReason = keyof typeof REFUSALS
