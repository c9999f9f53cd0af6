import { loadOnce } from './load-once.ts'

/**
 * A port whose driver is loaded at its first call: SDKs stay out of what a function loads before its first event. Every
 * method of the port must answer with a promise. A failed load is tried again by the next call.
 */
export function late<Port extends object>(load: () => Promise<Port>): Port {
  const open = loadOnce(load)
  return new Proxy({} as Port, {
    get: (_, name) => {
      // A port that is returned from an async function must not look like a promise.
      if (name === 'then') return undefined
      return async (...args: unknown[]) => {
        const port = (await open()) as Record<PropertyKey, unknown>
        const method = port[name]
        if (typeof method !== 'function') throw new TypeError(`the port has no method ${String(name)}`)
        return (method as (...given: unknown[]) => unknown).apply(port, args)
      }
    },
  })
}
