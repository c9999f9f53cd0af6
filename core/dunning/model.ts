import type { DunningPolicy } from './policy.ts'

/**
 * `retrying`: the money is tried again, access stays. `grace`: no more tries, access stays, reminders go out.
 * `restricted`: access has ended, paying brings it back. `downgraded`: the subscription has ended, win-back may follow.
 * `recovered`, `stopped` (disputed, canceled, voided) and `lost` are ends.
 */
export type DunningStage =
  | 'retrying'
  | 'grace'
  | 'restricted'
  | 'downgraded'
  | 'recovered'
  | 'stopped'
  | 'lost'

/** Whether a subscription with a case in this stage still opens what it pays for. */
export const keepsAccess: { readonly [S in DunningStage]: boolean } = {
  retrying: true,
  grace: true,
  restricted: false,
  downgraded: false,
  recovered: true,
  // The subscription's own status decides.
  stopped: true,
  lost: false,
}

/** What is asked of the provider: to try the money again, to end the subscription, to expect the money no more. */
export type DunningCall = 'retry' | 'downgrade' | 'write-off'

export type DunningStepName =
  | 'opened'
  | 'provider-retries'
  | 'canceling'
  | 'resumed'
  | 'retried'
  | 'reminded'
  | 'grace'
  | 'restricted'
  | 'downgraded'
  | 'win-back'
  | 'recovered'
  | 'stopped'
  | 'lost'

/** What the machine knows of a case. */
export interface DunningState {
  readonly stage: DunningStage
  readonly openedAt: Date
  readonly stageAt: Date
  readonly retries: number
  readonly reminders: number
  readonly stageNotices: number
  readonly providerRetries: boolean
  readonly canceling: boolean
  readonly pendingCall: DunningCall | null
}

/** What happens to a case from outside. `retry-planned`: the provider says when it tries again. */
export type Occurrence =
  | 'retry-planned'
  | 'given-up'
  | 'paid'
  | 'voided'
  | 'uncollectible'
  | 'disputed'
  | 'canceling'
  | 'resumed'
  | 'canceled'
/** Its time has come by the schedule. */
export interface Deadline {
  readonly step: DunningStepName
  readonly at: Date
}
export interface DunningStep {
  readonly step: DunningStepName
  readonly because: Occurrence | 'deadline'
  readonly after: DunningState
}

type Answers = { readonly [S in DunningStage]: DunningStepName | null }
const nowhere: Answers = {
  retrying: null,
  grace: null,
  restricted: null,
  downgraded: null,
  recovered: null,
  stopped: null,
  lost: null,
}
const stops: Answers = { ...nowhere, retrying: 'stopped', grace: 'stopped', restricted: 'stopped' }

/** The step that an occurrence leads to, in each stage. */
export const ON_OCCURRENCE: { readonly [O in Occurrence]: Answers } = {
  'retry-planned': { ...nowhere, retrying: 'provider-retries' },
  'given-up': { ...nowhere, retrying: 'grace' },
  paid: {
    retrying: 'recovered',
    grace: 'recovered',
    restricted: 'recovered',
    downgraded: 'recovered',
    recovered: null,
    stopped: null,
    // The money came after all; the subscription is gone all the same, its own status says so.
    lost: 'recovered',
  },
  voided: { ...stops, downgraded: 'stopped' },
  uncollectible: { ...nowhere, retrying: 'downgraded', grace: 'downgraded', restricted: 'downgraded' },
  disputed: { ...stops, downgraded: 'stopped' },
  canceling: { ...nowhere, retrying: 'canceling', grace: 'canceling', restricted: 'canceling' },
  resumed: { ...nowhere, retrying: 'resumed', grace: 'resumed', restricted: 'resumed' },
  // A downgrade cancels the subscription itself: that is no reason to stop.
  canceled: stops,
}

/** The stage that a step leads to; null: it stays. */
const STAGE_AFTER: { readonly [N in DunningStepName]: DunningStage | null } = {
  opened: 'retrying',
  'provider-retries': null,
  canceling: null,
  resumed: null,
  retried: null,
  reminded: null,
  grace: 'grace',
  restricted: 'restricted',
  downgraded: 'downgraded',
  'win-back': null,
  recovered: 'recovered',
  stopped: 'stopped',
  lost: 'lost',
}

/** What else a step changes. */
const CHANGES: { readonly [N in DunningStepName]: (state: DunningState) => Partial<DunningState> } = {
  opened: () => ({}),
  'provider-retries': () => ({ providerRetries: true }),
  canceling: () => ({ canceling: true }),
  resumed: () => ({ canceling: false }),
  retried: ({ retries }) => ({ retries: retries + 1, pendingCall: 'retry' }),
  reminded: ({ reminders, stageNotices }) => ({ reminders: reminders + 1, stageNotices: stageNotices + 1 }),
  grace: () => ({ pendingCall: null }),
  restricted: () => ({ pendingCall: null }),
  downgraded: () => ({ pendingCall: 'downgrade' }),
  'win-back': ({ stageNotices }) => ({ stageNotices: stageNotices + 1 }),
  recovered: () => ({ pendingCall: null }),
  stopped: () => ({ pendingCall: null }),
  lost: () => ({ pendingCall: 'write-off' }),
}

/** What an occurrence or a deadline does to a case; undefined where it does nothing, such as the second time. */
export function nextStep(
  state: DunningState,
  cause: Occurrence | Deadline,
  now: Date,
): DunningStep | undefined {
  if (typeof cause !== 'string') return take(state, cause.step, { because: 'deadline', at: cause.at })
  if (saysNothingNew(state, cause)) return undefined
  const step = ON_OCCURRENCE[cause][state.stage]
  return step === null ? undefined : take(state, step, { because: cause, at: now })
}

/** What the schedule has next for a case; undefined once it has ended. Of two at one time the first of a stage's list. */
export function nextDeadline(state: DunningState, policy: DunningPolicy): Deadline | undefined {
  const planned = PLANNED[state.stage](state, policy)
  return planned.reduce<Deadline | undefined>(
    (first, next) => (first === undefined || next.at < first.at ? next : first),
    undefined,
  )
}

function take(
  state: DunningState,
  step: DunningStepName,
  { because, at }: { because: DunningStep['because']; at: Date },
): DunningStep {
  const stage = STAGE_AFTER[step]
  const moved = stage === null ? {} : { stage, stageAt: at, stageNotices: 0 }
  return { step, because, after: { ...state, ...moved, ...CHANGES[step](state) } }
}

function saysNothingNew(state: DunningState, cause: Occurrence): boolean {
  if (cause === 'retry-planned') return state.providerRetries
  if (cause === 'given-up') return !state.providerRetries
  if (cause === 'canceling') return state.canceling
  if (cause === 'resumed') return !state.canceling
  return false
}

const PLANNED: {
  readonly [S in DunningStage]: (state: DunningState, policy: DunningPolicy) => readonly Deadline[]
} = {
  retrying: (state, policy) => [
    ...ownRetry(state, policy),
    ...reminder(state, policy.reminderDays.retrying),
    {
      step: 'grace',
      at: daysFrom(
        state.openedAt,
        state.providerRetries ? policy.providerRetryingDays : policy.ownRetryingDays,
      ),
    },
  ],
  grace: (state, policy) => [
    ...reminder(state, policy.reminderDays.grace),
    { step: 'restricted', at: daysFrom(state.stageAt, policy.graceDays) },
  ],
  restricted: (state, policy) => [
    ...reminder(state, policy.reminderDays.restricted),
    { step: 'downgraded', at: daysFrom(state.stageAt, policy.restrictedDays) },
  ],
  downgraded: (state, policy) => [
    ...(state.stageNotices === 0 && !state.canceling
      ? [{ step: 'win-back' as const, at: daysFrom(state.stageAt, policy.winBackDays) }]
      : []),
    { step: 'lost', at: daysFrom(state.stageAt, policy.lostDays) },
  ],
  recovered: () => [],
  stopped: () => [],
  lost: () => [],
}

function ownRetry(state: DunningState, { ownRetryDays }: DunningPolicy): readonly Deadline[] {
  const day = ownRetryDays[state.retries]
  if (day === undefined || state.providerRetries || state.canceling) return []
  return [{ step: 'retried', at: daysFrom(state.openedAt, day) }]
}

function reminder(state: DunningState, days: readonly number[]): readonly Deadline[] {
  const day = days[state.stageNotices]
  return day === undefined || state.canceling ? [] : [{ step: 'reminded', at: daysFrom(state.stageAt, day) }]
}

const daysFrom = (at: Date, days: number): Date => new Date(at.getTime() + days * 86_400_000)
