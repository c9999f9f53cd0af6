import { applyObject } from '../../../core/billing/apply.ts'
import type { PaymentProvider } from '../../../core/ports/payments.ts'
import type { Ports } from '../../../core/ports/ports.ts'
import { drainInbox } from '../../../core/webhooks/drain.ts'
import { LEASE_MS } from '../../../core/webhooks/model.ts'
import type { Playing } from './history-open.ts'

const WORKERS = 3
const FROZEN_PERCENT = 3

/** A worker that dies is followed by another, so many times. */
const LIVES = 3

/** Several processes at once, each of which takes what waits and may die of it. `freeze`: some stand still. */
export function work(history: Playing, { freeze = false } = {}): Promise<void>[] {
  const one = async () => {
    for (let nth = 0, lived = false; nth < LIVES && !lived; nth += 1) lived = await drain(history, freeze)
  }
  return Array.from({ length: WORKERS }, one)
}

/** Until nothing waits or the process is dead; answers whether it has come to the end. One that stands still is not waited for. */
async function drain(history: Playing, freeze: boolean): Promise<boolean> {
  const { ctx, tally } = history
  const still = Promise.withResolvers<'still'>()
  const ended = history.process(async (ports) => {
    const seen = freeze ? freezing(history, ports, () => still.resolve('still')) : ports
    const { done, lost } = await drainInbox(seen, ctx, { apply: applyObject, workers: 1 })
    tally.written += done
    tally.leasesLost += lost
  })
  history.late.push(ended)
  return (await Promise.race([ended, still.promise])) === 'lived'
}

/** At some fetches the process stands still, as a machine does that is moved, until its lease is another's or could be. */
function freezing({ clock, dice, pace, tally }: Playing, ports: Ports, onStill: () => void): Ports {
  const provider = ports.payments.of('stripe')
  const fetch: PaymentProvider['fetch'] = async (ref) => {
    const object = await provider.fetch(ref)
    if (!dice.chance(FROZEN_PERCENT)) return object
    tally.frozen += 1
    onStill()
    pace.leave()
    await clock.sleep(LEASE_MS * 1.5)
    pace.enter()
    return object
  }
  return { ...ports, payments: { ...ports.payments, of: () => ({ ...provider, fetch }) } }
}
