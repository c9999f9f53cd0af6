// drizzle reads the whole schema through this one file; domains keep their own tables.
// biome-ignore-all lint/performance/noBarrelFile: the schema assembly is the one place where the tables meet
export { availabilityWindows, credits, episodes, seasons, titles } from '../catalog/schema.ts'
export { refreshTokens, sessions, users } from '../identity/schema.ts'
export { units } from '../transcode/schema.ts'
export { captions, chapters, renditions, thumbnails, uploads, videos } from '../video/schema.ts'
export { deadLetters, deliveryAttempts, inbox, outbox } from './delivery-schema.ts'
export { featureFlags } from './flag-schema.ts'
