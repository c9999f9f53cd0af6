import { describe, expect, it } from 'vitest'
import {
  type DunningStage,
  type DunningState,
  nextDeadline,
  nextStep,
  type Occurrence,
  ON_OCCURRENCE,
} from './model.ts'
import { DUNNING_POLICY } from './policy.ts'

const OPENED = new Date('2026-01-01T00:00:00.000Z')
const day = (days: number): Date => new Date(OPENED.getTime() + days * 86_400_000)
const aState = (facts: Partial<DunningState> = {}): DunningState => ({
  stage: 'retrying',
  openedAt: OPENED,
  stageAt: OPENED,
  retries: 0,
  reminders: 0,
  stageNotices: 0,
  providerRetries: false,
  canceling: false,
  pendingCall: null,
  ...facts,
})

const STAGES: readonly DunningStage[] = [
  'retrying',
  'grace',
  'restricted',
  'downgraded',
  'recovered',
  'stopped',
  'lost',
]
const said = (stage: DunningStage, occurrence: Occurrence): string => {
  const about = { providerRetries: occurrence === 'given-up', canceling: occurrence === 'resumed' }
  return nextStep(aState({ stage, ...about }), occurrence, day(1))?.step ?? '-'
}

describe('what happens to a case', () => {
  // retrying, grace, restricted, downgraded | recovered, stopped, lost
  const table: { readonly [O in Occurrence]: string } = {
    'retry-planned': 'provider-retries - - - | - - -',
    'given-up': 'grace - - - | - - -',
    paid: 'recovered recovered recovered recovered | - - recovered',
    voided: 'stopped stopped stopped stopped | - - -',
    uncollectible: 'downgraded downgraded downgraded - | - - -',
    disputed: 'stopped stopped stopped stopped | - - -',
    canceling: 'canceling canceling canceling - | - - -',
    resumed: 'resumed resumed resumed - | - - -',
    canceled: 'stopped stopped stopped - | - - -',
  }
  it.each(Object.keys(ON_OCCURRENCE) as Occurrence[])('%s', (occurrence) => {
    const steps = STAGES.map((stage) => said(stage, occurrence))
    expect([...steps.slice(0, 4), '|', ...steps.slice(4)].join(' ')).toBe(table[occurrence])
  })

  it.each(Object.keys(ON_OCCURRENCE) as Occurrence[])('%s is nothing the second time', (occurrence) => {
    const again = STAGES.filter((stage) => {
      const about = { providerRetries: occurrence === 'given-up', canceling: occurrence === 'resumed' }
      const first = nextStep(aState({ stage, ...about }), occurrence, day(1))
      return first && nextStep(first.after, occurrence, day(2))
    })
    expect(again).toEqual([])
  })
})

/** Steps by the schedule alone, until it has no more. */
function schedule(from: DunningState): string[] {
  const steps: string[] = []
  let state = from
  for (let next = nextDeadline(state, DUNNING_POLICY); next; next = nextDeadline(state, DUNNING_POLICY)) {
    const step = nextStep(state, next, next.at)
    if (!step) break
    steps.push(`${(next.at.getTime() - OPENED.getTime()) / 86_400_000} ${step.step}`)
    state = { ...step.after, pendingCall: null }
  }
  return steps
}

describe('the schedule', () => {
  it('is lost after 57 days where the provider does not retry', () => {
    expect(schedule(aState())).toEqual([
      '2 reminded',
      '3 retried',
      '5 retried',
      '6 reminded',
      '7 retried',
      '8 grace',
      '11 reminded',
      '14 reminded',
      '15 restricted',
      '18 reminded',
      '22 downgraded',
      '36 win-back',
      '57 lost',
    ])
  })

  it('leaves retrying to a provider that does it, for thirty days at most', () => {
    expect(schedule(aState({ providerRetries: true })).slice(0, 3)).toEqual([
      '2 reminded',
      '6 reminded',
      '30 grace',
    ])
  })

  it('says no word to who cancels, and ends access in its time', () => {
    expect(schedule(aState({ canceling: true }))).toEqual([
      '8 grace',
      '15 restricted',
      '22 downgraded',
      '57 lost',
    ])
  })

  it.each(['recovered', 'stopped', 'lost'] as const)('has nothing for a case that is %s', (stage) => {
    expect(nextDeadline(aState({ stage }), DUNNING_POLICY)).toBeUndefined()
  })
})
