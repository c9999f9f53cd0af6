import { asc, eq } from 'drizzle-orm'
import type { InvoiceObject } from '../../../core/billing/provider-objects.ts'
import {
  aCustomerRow,
  anInvoice,
  aSubscription,
  BILLED_AT,
  customerId,
  later,
} from '../../../core/billing/testing/objects.ts'
import { advanceDunning } from '../../../core/dunning/advance.ts'
import { observeDispute, observeInvoice, observeSubscription } from '../../../core/dunning/observe.ts'
import { dunningCases, dunningSteps } from '../../../core/dunning/schema.ts'
import type { PaymentProvider } from '../../../core/ports/payments.ts'
import { type BillingDesk, NO_DOMAINS, openBillingDesk } from './billing-desk.ts'

/** Calls that a provider got, each `name key`; `answer` may throw. */
export interface AskedProvider {
  readonly calls: string[]
  answer: (call: string) => Promise<void>
}

export interface Collection extends AsyncDisposable {
  readonly desk: BillingDesk
  readonly provider: AskedProvider
  /** Sets the clock to so many days after the beginning, and runs the timer once. */
  timer(day: number): Promise<void>
  /** Every half day up to that day. */
  until(day: number): Promise<void>
  /** Steps of the case, each `day step`. */
  steps(): Promise<string[]>
  stage(): Promise<string | undefined>
  /** Events of collecting without their common prefix. */
  told(): string[]
}

/** Not paid on the first day. `nextAttemptAt` where the provider tries again by itself. */
export const unpaid = (facts: Partial<InvoiceObject> = {}): InvoiceObject =>
  anInvoice({
    status: 'open',
    reason: 'subscription_cycle',
    attemptCount: 1,
    lastFailure: { code: 'card_declined', message: 'Your card was declined.' },
    ...facts,
  })

/** A customer whose subscription is past due, and a provider that refuses to be asked for nothing but what dunning asks. */
export async function openCollection(): Promise<Collection> {
  const dunning = { invoice: observeInvoice, subscription: observeSubscription, dispute: observeDispute }
  const desk = await openBillingDesk({ ...NO_DOMAINS, dunning })
  await aCustomerRow(desk.ports.db, { id: customerId(1), userId: await desk.aUser() })
  await desk.apply(aSubscription({ status: 'past_due' }))
  const provider: AskedProvider = { calls: [], answer: () => Promise.resolve() }
  const ports = { ...desk.ports, payments: { primary: 'stripe' as const, of: () => asked(provider) } }
  let today = 0
  const timer = async (day: number) => {
    today = day
    desk.clock.set(later(day))
    await advanceDunning(ports, desk.ctx)
  }
  return {
    desk,
    provider,
    timer,
    until: async (day) => {
      while (today < day) await timer(today + 0.5)
    },
    steps: () => stepsOf(desk),
    stage: async () => (await desk.ports.db.select().from(dunningCases))[0]?.stage,
    told: () =>
      desk
        .told()
        .filter((type) => type.startsWith('billing.dunning.'))
        .map((type) => type.slice('billing.dunning.'.length)),
    [Symbol.asyncDispose]: () => desk[Symbol.asyncDispose](),
  }
}

function asked(provider: AskedProvider): PaymentProvider {
  const call = (name: string) => async (request: { readonly idempotencyKey: string }) => {
    const told = `${name} ${request.idempotencyKey.replace(/^dun_[0-9a-f]+:/, '')}`
    provider.calls.push(told)
    await provider.answer(told)
  }
  const calls = {
    payInvoice: call('payInvoice'),
    cancelSubscription: call('cancelSubscription'),
    markUncollectible: call('markUncollectible'),
  }
  return calls as unknown as PaymentProvider
}

async function stepsOf({ ports }: BillingDesk): Promise<string[]> {
  const rows = await ports.db
    .select({ step: dunningSteps.step, at: dunningSteps.at })
    .from(dunningSteps)
    .innerJoin(dunningCases, eq(dunningCases.id, dunningSteps.caseId))
    .orderBy(asc(dunningCases.openedAt), asc(dunningSteps.position))
  return rows.map(({ step, at }) => `${(at.getTime() - BILLED_AT.getTime()) / 86_400_000} ${step}`)
}
