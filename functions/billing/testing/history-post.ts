import { present } from '../../../adapters/stripe-server/expanding.ts'
import { signatureOf } from '../../../adapters/stripe-server/signature.ts'
import type { StripeEvent } from '../../../adapters/stripe-server/store.ts'
import { thinOf } from '../../../adapters/stripe-server/thin-events.ts'
import type { WebhookDelivery } from '../../../core/ports/payments.ts'
import type { Account } from './history-account.ts'
import type { Dice } from './history-dice.ts'
import type { Tally } from './history-tally.ts'

export const SECRETS = ['whsec_the_old_one', 'whsec_the_new_one']

export interface Letter {
  readonly event: StripeEvent
  readonly form: 'snapshot' | 'thin'
}
/** Copies of events on their way, in no order. */
export type Post = Letter[]

/** Most come once; each number up to five is there. */
const COPIES = [...Array<number>(44).fill(1), 2, 2, 2, 3, 4, 5]
const LOST_PERCENT = 12

/** All that happens in the account from now on: one in eight is lost, the others come one to five times, in either form. */
export function openPost({ store }: Account, dice: Dice, tally: Tally): Post {
  const waiting: Letter[] = []
  store.onCommit(({ events }) => {
    for (const event of events) {
      const isLost = dice.chance(LOST_PERCENT)
      if (isLost) tally.lost += 1
      const copies = isLost ? 0 : (dice.oneOf(COPIES) ?? 1)
      for (let nth = 0; nth < copies; nth += 1)
        waiting.push({ event, form: dice.chance(25) ? 'thin' : 'snapshot' })
      if (!isLost) tally.sent[copies] = (tally.sent[copies] ?? 0) + 1
    }
  })
  return waiting
}

/** As Stripe sends it, signed with one secret or, as during a roll, with both. */
export function delivery(
  { store }: Account,
  { event, form }: Letter,
  { now, dice }: { now: Date; dice: Dice },
): WebhookDelivery {
  const shown = form === 'thin' ? thinOf(event) : present(store, { ...event, pending_webhooks: 1 })
  const text = JSON.stringify(shown, undefined, form === 'thin' ? 0 : 2)
  const secrets = dice.oneOf([SECRETS, SECRETS.slice(0, 1), SECRETS.slice(1)]) ?? SECRETS
  const signature = signatureOf(text, secrets, Math.floor(now.getTime() / 1000))
  return { body: new TextEncoder().encode(text), headers: { 'stripe-signature': signature } }
}
