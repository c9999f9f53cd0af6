import type { TransferObject } from '../../billing/provider-objects.ts'
import type { Clock } from '../../ports/clock.ts'
import { type PaymentProvider, PaymentRefused, type Payments } from '../../ports/payments.ts'
import { NotSupported } from '../../run/not-supported.ts'

type Sent = Parameters<PaymentProvider['transfer']>[0]

const DAY_MS = 24 * 3_600_000

/** A provider's transfers in memory, which forgets idempotency keys after a day as Stripe does. */
export interface TransferProvider extends Payments {
  /** What was really sent. */
  readonly sent: TransferObject[]
  /** Runs before the provider does anything; may throw. */
  before: () => Promise<void>
  /** Runs when the provider has it and has not answered yet; may throw. */
  after: () => Promise<void>
}

export function transferProvider(clock: Clock): TransferProvider {
  const sent: TransferObject[] = []
  const keys = new Map<string, { readonly id: string; readonly until: number; readonly request: string }>()
  const once = (request: Sent): string => {
    const [now, said] = [clock.now(), JSON.stringify(request)]
    const known = keys.get(request.idempotencyKey)
    if (known && known.until > now.getTime()) {
      if (known.request !== said) throw new PaymentRefused('idempotency_error', 'the key had another request')
      return known.id
    }
    const { accountId, money, reference } = request
    const id = `tr_${sent.length + 1}`
    sent.push({
      ...{ kind: 'transfer', id, livemode: false, accountId, reference, ...money },
      ...{ reversedMinor: 0, balance: [], createdAt: now },
    })
    keys.set(request.idempotencyKey, { id, until: now.getTime() + DAY_MS, request: said })
    return id
  }
  const provider: Partial<PaymentProvider> = {
    name: 'stripe',
    transfer: async (request) => {
      await desk.before()
      const id = once(request)
      await desk.after()
      return { id }
    },
    fetch: async (ref) => sent.find(({ id }) => id === ref.id) ?? { ...ref, gone: true },
    async *list(_kind, { since } = {}) {
      yield* sent.filter(({ createdAt }) => since === undefined || createdAt >= since).toReversed()
    },
  }
  const whole = new Proxy(provider as PaymentProvider, {
    get(target, field) {
      if (field in target) return Reflect.get(target, field)
      throw new NotSupported(`the transfers in memory have no ${String(field)}`)
    },
  })
  const desk: TransferProvider = {
    ...{ sent, primary: 'stripe', of: () => whole },
    before: async () => undefined,
    after: async () => undefined,
  }
  return desk
}
