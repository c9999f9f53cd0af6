import { Problem, type ProblemFacts } from '../http/problem.ts'
import { REFUSALS, type RefusalReason } from './model.ts'

/** Nobody plays: answered as the problem of its reason, with `code` the reason. */
export class PlaybackRefused extends Problem {
  readonly reason: RefusalReason
  constructor(
    reason: RefusalReason,
    more: Partial<Pick<ProblemFacts, 'detail' | 'headers'>> = {},
    options?: ErrorOptions,
  ) {
    super({ code: reason, ...REFUSALS[reason], ...more }, options)
    this.reason = reason
  }
}
