import type { Place } from '../../cdktf/shared/place.ts'

/** Owns the database and runs migrations; known to Neon, so it may do anything there. Nothing deployed ever has its password. */
export const OWNER_ROLE = 'skyreel_owner'
/** Of functions and jobs: reads and writes rows. */
export const APP_ROLE = 'skyreel_app'
/** Of functions whose manifest says `db: 'read'`. */
export const READER_ROLE = 'skyreel_reader'
export const DATABASE = 'skyreel'

/**
 * One project a deployment: region, version, history and protection are settings of a project, a key can be for one project
 * alone, and a branch of another environment would be a copy of its people's data.
 */
export const projectName = ({ environment, cloud }: Place): string =>
  `${environment.product}-${cloud}-${environment.name}`

/** The environment's branch is the root of its project; a preview's is made from it. */
export const branchName = ({ environment, preview }: Place): string =>
  preview === '' ? environment.name : `preview-${preview}`

interface ComputeUnits {
  readonly autoscaling_limit_min_cu: number
  readonly autoscaling_limit_max_cu: number
}

/**
 * Smallest and largest size. Neon takes no range wider than 8 units.
 * https://neon.com/docs/guides/autoscaling-guide
 */
export function computeUnits({ environment }: Place): ComputeUnits {
  const most = environment.neon.maxComputeUnits
  return { autoscaling_limit_min_cu: most > 8 ? most - 8 : 0.25, autoscaling_limit_max_cu: most }
}
