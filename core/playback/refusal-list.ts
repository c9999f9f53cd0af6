import { REFUSALS, type RefusalReason } from './model.ts'

const OF_FILM = [
  ...(['not-found', 'taken-down', 'not-playable-yet', 'film-failed', 'sign-in-required'] as const),
  ...(['subscription-required', 'not-open-yet', 'no-longer-open', 'not-in-your-country'] as const),
  ...(['anonymous-network', 'age-restricted', 'too-many-streams', 'too-many-requests'] as const),
  'decision-unavailable',
] as const satisfies readonly RefusalReason[]
const OF_TOKEN = [
  ...(['playback-token-invalid', 'playback-token-expired', 'playback-token-replayed'] as const),
  'playback-ended',
] as const satisfies readonly RefusalReason[]

const REASONS = {
  open: [...OF_FILM, 'too-many-devices'],
  token: [...OF_TOKEN, ...OF_FILM],
} as const satisfies Readonly<Record<string, readonly RefusalReason[]>>

/** What a door may refuse with, as a route declares it: by who opens a session, or by whoever has the token of one. */
export const refusalsOf = (by: keyof typeof REASONS): Readonly<Record<string, string>> =>
  Object.fromEntries(
    REASONS[by].map((reason) => [reason, `${REFUSALS[reason].status}: ${REFUSALS[reason].detail}`]),
  )
