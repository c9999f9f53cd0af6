import { type PaymentProvider, PaymentRefused, type Payments } from '../../ports/payments.ts'
import { NotSupported } from '../../run/not-supported.ts'
import { decimalOf, NANO, nanoOf } from '../quantity.ts'

type SentUsage = Parameters<PaymentProvider['sendUsage']>[0]
type SentLine = Parameters<PaymentProvider['addInvoiceLine']>[0]

/** A provider's meters and invoice lines in memory: an identifier counts once, whole units alone, and nothing is forgotten. */
export interface MeterProvider extends Payments {
  readonly usage: Map<string, SentUsage>
  readonly lines: Map<string, SentLine>
  /** Every call, repetitions too. */
  readonly calls: string[]
  /** Runs in place of the call's start; may throw. */
  before: (identifier: string) => Promise<void>
  /** Runs when the provider has it and has not answered yet; may throw. */
  after: (identifier: string) => Promise<void>
  /** In billionths. */
  total(): bigint
}

export function meterProvider(): MeterProvider {
  const [usage, lines] = [new Map<string, SentUsage>(), new Map<string, SentLine>()]
  const calls: string[] = []
  const take = async <T>(kept: Map<string, T>, identifier: string, sent: T) => {
    await desk.before(identifier)
    calls.push(identifier)
    const before = kept.get(identifier)
    if (before && JSON.stringify(before) !== JSON.stringify(sent))
      throw new PaymentRefused('idempotency_error', 'the same key with other parameters')
    kept.set(identifier, sent)
    await desk.after(identifier)
  }
  const provider: Partial<PaymentProvider> = {
    name: 'stripe',
    sendUsage: async (sent) => {
      if (!/^[1-9]\d*$/.test(sent.value)) throw new PaymentRefused('invalid', `${sent.value} is not whole`)
      await take(usage, sent.identifier, sent)
    },
    usageTotal: async ({ meter, customerId, from, to }) => {
      const counted = [...usage.values()].filter(
        (one) => one.meter === meter && one.customerId === customerId && one.at >= from && one.at < to,
      )
      return decimalOf(counted.reduce((sum, { value }) => sum + nanoOf(value), 0n))
    },
    addInvoiceLine: async (sent) => {
      await take(lines, sent.idempotencyKey, sent)
      return { id: `ii_${lines.size}` }
    },
  }
  const whole = new Proxy(provider as PaymentProvider, {
    get(target, field) {
      if (field in target) return Reflect.get(target, field)
      throw new NotSupported(`the meters in memory have no ${String(field)}`)
    },
  })
  const desk: MeterProvider = {
    ...{ usage, lines, calls, primary: 'stripe', of: () => whole },
    before: async () => undefined,
    after: async () => undefined,
    total: () => [...usage.values()].reduce((sum, { value }) => sum + nanoOf(value), 0n),
  }
  return desk
}

/** Decimal text of whole units in billionths. */
export const whole = (units: number): bigint => BigInt(units) * NANO
