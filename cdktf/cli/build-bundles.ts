import type { Cloud } from '../shared/environment.ts'
import type { PlannedFunction } from '../shared/plan.ts'
import { ARCH, missingBundles } from './bundles.ts'
import { NotReady } from './checks.ts'

interface Means {
  readonly dist: string
  readonly plan: readonly PlannedFunction[]
  /** Runs `npm run build -- <options>`; answers its status. */
  readonly build: (options: readonly string[]) => number | null
  readonly say: (line: string) => void
}

/** Builds for each cloud of which something is missing, and says so. Throws `NotReady` where a build fails. */
export function buildBundles(clouds: readonly Cloud[], { dist, plan, build, say }: Means): void {
  for (const cloud of new Set(clouds)) {
    const [first, ...more] = missingBundles(dist, cloud, plan)
    if (first === undefined) continue
    say(`building for ${cloud}: ${first}${more.length > 0 ? `, and ${more.length} more` : ''}`)
    const options = ['--cloud', cloud, '--arch', ARCH[cloud]]
    const status = build(options)
    if (status !== 0)
      throw new NotReady(`npm run build -- ${options.join(' ')} ended with status ${status}: see above`)
  }
}
