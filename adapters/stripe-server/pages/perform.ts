import { tableOf } from '../operation-table.ts'
import { operations } from '../operations.ts'
import type { Params, Store, StripeObject } from '../store.ts'

const find = tableOf(operations)

/** Calls an operation of the API from a page. */
export function perform(
  store: Store,
  call: { method: 'POST' | 'DELETE' | 'GET'; path: string; params?: Params },
): StripeObject {
  const found = find(call.method, call.path)
  if (!found) throw new Error(`no operation ${call.method} ${call.path}`)
  return found.operation.run(store, { params: call.params ?? {}, path: found.path })
}
