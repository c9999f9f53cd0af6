import { type Telling, type ToldType, tell } from '../billing/effects.ts'
import type { CaseRow, Stepping } from './cases.ts'
import { type DunningStepName, nextDeadline } from './model.ts'
import { DUNNING_POLICY } from './policy.ts'

type DunningType = Extract<ToldType, `billing.dunning.${string}`>
/** What an event says beside whose it is. */
type DunningEvent = { readonly [T in DunningType]: Pick<Telling<T>, 'type' | 'data'> }[DunningType]
interface Notice {
  readonly of: {
    readonly subscriptionId: string
    readonly caseId: string
    readonly invoiceId: string
  }
  readonly row: CaseRow
  readonly because: string
}

/**
 * The event of a step, in its transaction: mails are made of it. Some steps are nobody's business. Where the customer is not
 * known yet the event waits for them.
 */
export async function tellOf(
  at: Stepping,
  row: CaseRow,
  { step, because, position }: { step: DunningStepName; because: string; position: number },
): Promise<void> {
  const { id: caseId, provider, subscriptionId, invoiceId, providerCustomerId: customer } = row
  const event = EVENTS[step]?.({ of: { subscriptionId, caseId, invoiceId }, row, because })
  if (event === undefined) return
  const telling = { ...event, objectId: caseId, effect: `step:${position}`, whose: { customer } }
  await tell({ ...at, provider }, telling as Telling<DunningType>)
}

const EVENTS: { readonly [N in DunningStepName]: ((notice: Notice) => DunningEvent) | null } = {
  opened: ({ of }) => ({ type: 'billing.dunning.started', data: of }),
  'provider-retries': null,
  canceling: null,
  resumed: null,
  retried: null,
  reminded: ({ of, row }) => ({
    type: 'billing.dunning.reminded',
    data: { ...of, reminder: row.reminders },
  }),
  grace: ({ of, row }) => ({ type: 'billing.dunning.grace', data: { ...of, until: endOf(row) } }),
  restricted: ({ of }) => ({ type: 'billing.dunning.restricted', data: of }),
  downgraded: ({ of }) => ({ type: 'billing.dunning.downgraded', data: of }),
  'win-back': ({ of }) => ({ type: 'billing.dunning.win-back', data: of }),
  recovered: ({ of }) => ({ type: 'billing.dunning.recovered', data: of }),
  stopped: ({ of, because }) => ({ type: 'billing.dunning.stopped', data: { ...of, because } }),
  lost: ({ of }) => ({ type: 'billing.dunning.lost', data: of }),
}

/** The stage's end, which no reminder before it moves. */
function endOf(row: CaseRow): string {
  const end = nextDeadline({ ...row, canceling: true }, DUNNING_POLICY)?.at ?? row.stageAt
  return end.toISOString()
}
