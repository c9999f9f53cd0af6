import type Stripe from 'stripe'
import { openApi } from '../../../adapters/stripe-server/call.ts'
import type { MemoryStore } from '../../../adapters/stripe-server/memory-store.ts'
import { operations } from '../../../adapters/stripe-server/operations.ts'

/**
 * The SDK's way to the local Stripe server without the sockets between: the same requests, given to what answers them
 * behind its port. HTTP itself took half of the time of a fetch.
 */
export function withoutSockets(store: MemoryStore, key: string): Stripe.HttpClient {
  const failed = (error: unknown) => {
    throw error
  }
  const api = openApi({ store, key, operations, failed })
  return {
    getClientName: () => 'in-process',
    async makeRequest(_host, _port, path, method, headers, body) {
      const [pathname = '', query = ''] = path.split('?')
      const lower = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)])
      const head = { method, path: pathname, query, headers: Object.fromEntries(lower) }
      const answer = await api.answer(head, async () => body ?? '')
      return {
        getStatusCode: () => answer.status,
        getHeaders: () => ({ ...answer.headers }),
        getRawResponse: () => answer,
        toStream: () => answer.body,
        toJSON: async () => JSON.parse(answer.body),
      }
    },
  }
}
