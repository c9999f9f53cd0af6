import { pagePolicy } from '../../functions/entry/page-policy.ts'
import type { Place } from '../shared/place.ts'
import { bucketName } from './settings-names.ts'

/** For two years; the whole host speaks TLS alone. */
export const HSTS = 'Strict-Transport-Security: max-age=63072000'
export const NO_SNIFF = 'X-Content-Type-Options: nosniff'

/**
 * Of the pages. Every bucket of the world is at one host of Google's: the policy names the path of ours, and lets a page send
 * nothing to any other.
 */
export const pageHeaders = (place: Place): readonly string[] => [
  `Content-Security-Policy: ${pagePolicy([`https://storage.googleapis.com/${bucketName(place, 'uploads')}/`])}`,
  'Referrer-Policy: no-referrer',
  HSTS,
  NO_SNIFF,
]

export const mediaHeaders: readonly string[] = [HSTS, NO_SNIFF]
