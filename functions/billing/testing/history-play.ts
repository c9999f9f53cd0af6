import { applyObject } from '../../../core/billing/apply.ts'
import {
  aCustomerRow,
  anOrganisation,
  customerId,
  organisationId,
} from '../../../core/billing/testing/objects.ts'
import type { Ports } from '../../../core/ports/ports.ts'
import { sweepOutbox } from '../../../core/run/sweep-outbox.ts'
import { backfill } from '../../../core/webhooks/backfill.ts'
import { LEASE_MS, pauseMs } from '../../../core/webhooks/model.ts'
import { receiveWebhook } from '../../../core/webhooks/receive.ts'
import { replay } from '../../../core/webhooks/replay.ts'
import { sweepInbox } from '../../../core/webhooks/sweep.ts'
import { type Moving, move, openShop } from './history-moves.ts'
import type { Playing } from './history-open.ts'
import { delivery, type Letter } from './history-post.ts'
import { work } from './history-workers.ts'

export const OPERATIONS = 200
const CUSTOMERS = 3
/** Of a round, for each of two senders. */
const HANDFULS = 8
/** A refused operation is none; an account where everything is refused would never end. */
const MOST_TRIES = OPERATIONS * 10
const REPLAY_EVERY = 25

/** A whole history: what is done at Stripe, what comes of it here and what does not, and at last all that was lost. */
export async function play(history: Playing): Promise<void> {
  const { ports, dice, clock } = history
  const references = await referencesOf(ports)
  const at = openShop({ account: history.account, ...dice.fork('moves') }, references)
  history.customers.push(...at.customers)
  const rounds = dice.fork('rounds').chance(25) ? 4 : 2
  for (let round = 0; round < rounds; round += 1) {
    await together(history, at, OPERATIONS / rounds)
    clock.advance(LEASE_MS)
  }
  await mend(history)
}

async function referencesOf({ db }: Ports): Promise<readonly string[]> {
  const made: string[] = []
  for (let n = 1; n <= CUSTOMERS; n += 1) {
    const organisation = await anOrganisation(db, organisationId(n))
    const row = await aCustomerRow(db, { id: customerId(n), organisationId: organisation, providerId: null })
    made.push(row.id)
  }
  return made
}

/** Operations, deliveries and workers side by side: an object may change between its fetch and its write. */
async function together(history: Playing, at: Moving, count: number): Promise<void> {
  const dice = history.dice.fork('order')
  const deliver = async () => {
    for (let nth = 0; nth < HANDFULS; nth += 1) {
      await receive(history, handful(history, dice))
      await history.pace.after(dice.roll(100))
    }
  }
  // Not from the start: what several events tell of an object is then seen at once, as in a queue that is a second old.
  const begun = Promise.withResolvers<void>()
  const workers = begun.promise.then(() => Promise.all(work(history, { freeze: true })))
  await Promise.all([
    operations(history, at, { count, onHalf: begun.resolve }),
    deliver(),
    deliver(),
    workers,
  ])
}

/** Some at a time. */
async function operations(
  history: Playing,
  at: Moving,
  { count, onHalf }: { readonly count: number; readonly onHalf: () => void },
): Promise<void> {
  const { account, dice, pace, tally } = history
  const until = tally.operations + count
  for (let tries = 0; tally.operations < until && tries < MOST_TRIES; tries += 1) {
    if (move(at)) tally.operations += 1
    if (until - tally.operations <= count / 2) onHalf()
    if (account.store.now() - history.listed.until > LISTED_SECONDS - SPARE_SECONDS) await fetchLost(history)
    if (dice.chance(12)) await pace.after(dice.roll(100))
  }
  onHalf()
}

/** What comes to one process at the same time. */
function handful({ post }: Playing, dice: Pick<Playing['dice'], 'roll' | 'chance' | 'draw'>): Letter[] {
  const most = dice.chance(20) ? 1 : 2 + dice.roll(22)
  return Array.from({ length: most }, () => dice.draw(post)).filter((letter) => letter !== undefined)
}

/** Stripe sends again what was not answered with 2xx. */
async function receive(history: Playing, letters: readonly Letter[]): Promise<void> {
  const { account, dice, clock, post, ctx, tally } = history
  if (letters.length === 0) return
  await history.process(async (ports) => {
    const take = async (letter: Letter) => {
      const sent = delivery(account, letter, { now: clock.now(), dice })
      try {
        await receiveWebhook(ports, ctx, 'stripe', sent)
        tally.answered += 1
      } catch (error) {
        tally.again += 1
        post.push(letter)
        throw error
      }
    }
    const ends = await Promise.allSettled(letters.map(take))
    for (const end of ends) if (end.status === 'rejected') throw end.reason
  })
}

/** The rest of the post, the events that were lost, and all that time mends by itself. */
async function mend(history: Playing): Promise<void> {
  const { ports, ctx, clock, dice, post, account, tally } = history
  const deliver = async () => {
    while (post.length > 0) await receive(history, handful(history, dice))
  }
  await Promise.all([deliver(), deliver(), deliver()])
  await fetchLost(history)
  await settle(history)
  if (history.seed % REPLAY_EVERY === 0) {
    tally.replays += 1
    await replay(ports, ctx.signal, { provider: 'stripe', since: new Date(0) })
    await settle(history)
  }
  // From here on our present is Stripe's: what has ended there has ended here.
  clock.set(new Date(account.store.now() * 1000))
}

/** All that Stripe's list of events has and we have not, from where the last run began. A run that dies is run again. */
async function fetchLost(history: Playing): Promise<void> {
  const { account, ctx } = history
  const [since, until] = [history.listed.until, account.store.now()]
  const want = { provider: 'stripe', since: new Date(since * 1000), undelivered: false } as const
  for (let done = false; !done; )
    done = (await history.process((ports) => backfill(ports, ctx.signal, want))) === 'lived'
  history.listed.until = until
}

/** Stripe lists events of a month. */
const LISTED_SECONDS = 30 * 86_400
/** The longest time that passes at once, and some for what happens while the list is read. */
const SPARE_SECONDS = 13 * 86_400

const TURNS = 3
async function settle(history: Playing): Promise<void> {
  const { ports, ctx, clock } = history
  for (let turn = 1; turn <= TURNS; turn += 1) {
    await Promise.all(work(history))
    clock.advance(Math.max(LEASE_MS, pauseMs(turn)))
  }
  // Who stood still has come to itself by now, and what it held when it died is free again.
  await Promise.all(history.late.splice(0))
  clock.advance(LEASE_MS)
  await sweepInbox(ports, ctx, applyObject)
  await sweepOutbox(ports, ctx)
}
