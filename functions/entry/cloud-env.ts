import type { LogLevel } from '../../adapters/node/log.ts'
import type { BucketNames } from '../../core/run/storage-event.ts'

/** The few variables that are read before the first event; all others wait for `cloudConfig` and the column's own. */
type Env = Readonly<Record<string, string | undefined>>

/**
 * What our buckets are called here. Throws where a name is missing: every event would be taken for one of a foreign
 * bucket, and be ignored.
 */
export function bucketNames(env: Env): BucketNames {
  const [uploads, media] = [env.SKYREEL_BUCKET_UPLOADS, env.SKYREEL_BUCKET_MEDIA]
  if (!uploads) throw new Error('SKYREEL_BUCKET_UPLOADS is missing: the name of the bucket of uploads')
  if (!media) throw new Error('SKYREEL_BUCKET_MEDIA is missing: the name of the bucket of finished films')
  return { uploads, media }
}

const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error']

/** The least level that is logged, from SKYREEL_LOG_LEVEL; `info` without it. Throws for a word that is no level. */
export function logLevel(env: Env): LogLevel {
  const wanted = env.SKYREEL_LOG_LEVEL || 'info'
  const level = LEVELS.find((one) => one === wanted)
  if (level === undefined) throw new Error(`SKYREEL_LOG_LEVEL is one of ${LEVELS.join(', ')}, not ${wanted}`)
  return level
}

/**
 * Proxies of ours in front of the platform that append to `x-forwarded-for`, from SKYREEL_TRUSTED_HOPS; left out where
 * the adapter knows best. Throws for what is no small number: a wrong one would believe clients what they claim.
 */
export function trustedHops(env: Env): { readonly trustedHops?: number } {
  const given = env.SKYREEL_TRUSTED_HOPS
  if (!given) return {}
  if (/^[0-9]$/.test(given)) return { trustedHops: Number(given) }
  throw new Error(`SKYREEL_TRUSTED_HOPS is a number from 0 to 9, not ${given}`)
}
