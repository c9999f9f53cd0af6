import type { Place } from './place.ts'

/** Host of pages, API and films. A preview has its own below the environment's, in the same zone. */
export function hostOf({ cloud, environment, preview }: Place): string {
  const { host } = environment[cloud]
  return preview === '' ? host : `${preview}.${host}`
}

/** What clients write before a path. */
export const originOf = (place: Place): string => `https://${hostOf(place)}`
