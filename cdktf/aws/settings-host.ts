import type { Place } from '../shared/place.ts'

/** Host of pages, API and media. A preview has its own below the environment's, in the same zone. */
export function hostOf({ environment, preview }: Place): string {
  const { host } = environment.aws
  return preview === '' ? host : `${preview}.${host}`
}

/** What clients write before a path. */
export const originOf = (place: Place): string => `https://${hostOf(place)}`
