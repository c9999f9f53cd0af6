import type { Step } from '../step.ts'
import { apply } from './apply.ts'
import { build } from './build.ts'
import { canary } from './canary.ts'
import { checks } from './checks.ts'
import { drift } from './drift.ts'
import { migrate } from './migrate.ts'
import { publish } from './publish.ts'
import { registry } from './registry.ts'
import { secrets } from './secrets.ts'
import { smoke } from './smoke.ts'
import { state } from './state.ts'

/**
 * In this order. The store of the state comes before the image, since the registry is part of the stack: its part of the
 * stack is applied before the image is pushed, and the image is there before the whole stack is applied.
 */
export const STEPS: readonly Step[] = [
  checks,
  build,
  state,
  registry,
  secrets,
  migrate,
  drift,
  apply,
  publish,
  smoke,
  canary,
]
