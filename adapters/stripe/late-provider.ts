import type { Provider } from '../../core/billing/provider-objects.ts'
import type { PaymentProvider } from '../../core/ports/payments.ts'
import { late } from '../node/late.ts'
import { loadOnce } from '../node/load-once.ts'

/** A provider whose driver is loaded at its first call, with its lists as streams. */
export function lateProvider(name: Provider, load: () => Promise<PaymentProvider>): PaymentProvider {
  const open = loadOnce(load)
  const calls = late(open)
  const streamed = {
    async *events(query: Parameters<PaymentProvider['events']>[0]) {
      yield* (await open()).events(query)
    },
    async *list(...query: Parameters<PaymentProvider['list']>) {
      yield* (await open()).list(...query)
    },
  }
  return new Proxy(calls, {
    get: (_, field) => {
      if (field === 'name') return name
      if (field === 'events' || field === 'list') return streamed[field]
      return Reflect.get(calls, field) as unknown
    },
  })
}
