import { setImmediate as turn } from 'node:timers/promises'
import { type ManualClock, manualClock } from '../../../adapters/local/testing/clock.ts'
import { type TestColumn, testContext } from '../../../adapters/local/testing/column.ts'
import { openStripe } from '../../../adapters/stripe/payments.ts'
import { webhookSecrets } from '../../../adapters/stripe/testing/known-secrets.ts'
import type { Clock } from '../../../core/ports/clock.ts'
import type { PaymentProvider } from '../../../core/ports/payments.ts'
import type { Ports } from '../../../core/ports/ports.ts'
import type { Context } from '../../../core/run/context.ts'
import type { AnyEvent } from '../../../events/catalog.ts'
import { ACCOUNT_KEY, type Account, openAccount } from './history-account.ts'
import { type Dice, diceOf } from './history-dice.ts'
import type { Ground } from './history-ground.ts'
import { openPace, type Pace } from './history-pace.ts'
import { openPost, type Post, SECRETS } from './history-post.ts'
import { aLife, type Fate, IMMORTAL, type Life } from './history-processes.ts'
import { newTally, type Tally } from './history-tally.ts'
import { withoutSockets } from './history-wire.ts'

/** What is left of a history when all of it has come through. */
export interface History extends AsyncDisposable {
  readonly seed: number
  readonly account: Account
  readonly customers: readonly string[]
  readonly ports: Ports
  readonly ctx: Context
  readonly told: readonly AnyEvent[]
  readonly tally: Tally
}

export interface Playing extends History {
  readonly clock: ManualClock
  readonly dice: Dice
  readonly pace: Pace
  readonly post: Post
  readonly told: AnyEvent[]
  readonly customers: string[]
  /** In Stripe's time. */
  readonly listed: { until: number }
  /** Processes that were left standing. */
  readonly late: Promise<unknown>[]
  /** One process: what it does, on a database that may end with it. */
  process(work: (ports: Ports) => Promise<unknown>): Promise<'lived' | 'died'>
}

/** So many fetches go over HTTP, as all do elsewhere: the others leave out the sockets alone. */
const OVER_HTTP_EVERY = 9

/** A new account at Stripe, and a platform that knows nothing of it. */
export async function openHistory(column: TestColumn, ground: Ground, seed: number): Promise<Playing> {
  await ground.clear()
  const [dice, clock, tally] = [diceOf(seed), manualClock(), newTally()]
  const told: AnyEvent[] = []
  const account = await openAccount(seed, clock.now())
  const pace = openPace()
  const stripe = providerOf(account, seed % OVER_HTTP_EVERY === 0)
  if (seed % OVER_HTTP_EVERY === 0) tally.overHttp += 1
  const lender = {
    pool: ground.pool,
    onStatement: () => pace.step(),
    onDeath: (statement: string) => void tally.diedWith.add(statement),
  }
  const ports: Ports = {
    ...column.ports,
    clock: patient(clock),
    bus: { publish: async (events: readonly AnyEvent[]) => void told.push(...events) },
    db: aLife(lender, IMMORTAL).db,
    payments: { primary: 'stripe', of: () => stripe },
  }
  const idle: Life[] = []
  const fates = dice.fork('fates')
  const process: Playing['process'] = async (work) => {
    const fate = fateOf(fates)
    const life = idle.pop() ?? aLife(lender, fate)
    life.again(fate)
    pace.enter()
    try {
      await work({ ...ports, db: life.db })
    } catch (error) {
      if (!life.isDead()) throw error
    } finally {
      pace.leave()
    }
    if (!life.isDead()) idle.push(life)
    else tally.deaths += 1
    if (life.isDead() && fate.cut) tally.cuts += 1
    return life.isDead() ? 'died' : 'lived'
  }
  return {
    ...{ seed, account, clock, dice, pace, told, ports, tally, process },
    ctx: testContext(),
    post: openPost(account, dice.fork('post'), tally),
    customers: [],
    listed: { until: account.store.now() },
    late: [],
    [Symbol.asyncDispose]: () => account.server.stop(),
  }
}

function providerOf({ store, server }: Account, overHttp: boolean): PaymentProvider {
  return openStripe({
    secrets: { get: secret },
    clock: { now: () => new Date(store.now() * 1000) },
    api: server.origin,
    ...(overHttp ? {} : { httpClient: withoutSockets(store, ACCOUNT_KEY) }),
  })
}

/** Nobody moves the time for whoever pauses between two pages. */
const patient = (clock: ManualClock): Clock => ({ now: () => clock.now(), sleep: () => turn() })

const secret = async (name: string) =>
  name === 'stripe-webhook' ? webhookSecrets(...SECRETS.map((each) => ({ secret: each }))) : ACCOUNT_KEY

/** Half of the processes die, early or late. */
const fateOf = (dice: Dice): Fate => ({
  at: dice.chance(50) ? dice.roll(dice.chance(50) ? 20 : 200) : Number.POSITIVE_INFINITY,
  after: dice.chance(50),
  cut: dice.chance(10),
})
