import type { Endpoint } from './deliver.ts'
import { type Store, StripeFailure } from './store.ts'

/** Both secrets sign for this long after a roll, unless told otherwise. */
const ROLL_SECONDS = 24 * 3600

export interface NewEndpoint {
  readonly url: string
  readonly form: 'snapshot' | 'thin'
  readonly types?: readonly string[]
  readonly apiVersion?: string | null
  readonly description?: string | null
  /** For events of connected accounts, and of no others. */
  readonly connect?: boolean
}

/** Registers an address for events. The secret is in no later answer. */
export function addEndpoint(store: Store, wanted: NewEndpoint): { endpoint: Endpoint; secret: string } {
  const secret = store.newId('whsec')
  const endpoint: Endpoint = {
    id: store.newId('we'),
    object: 'webhook_endpoint',
    api_version: wanted.apiVersion ?? null,
    application: null,
    created: store.now(),
    description: wanted.description ?? null,
    enabled_events: wanted.types ?? ['*'],
    livemode: false,
    metadata: {},
    status: 'enabled',
    url: checkedUrl(wanted.url),
    _form: wanted.form,
    _connect: wanted.connect ?? null,
    _secrets: [{ secret, until: null }],
  }
  store.put(endpoint)
  return { endpoint, secret }
}

/** Registers an address, in place of what was registered for it before: a restart must not send everything twice. */
export function replaceEndpoint(store: Store, wanted: NewEndpoint): { endpoint: Endpoint; secret: string } {
  for (const old of store.all('webhook_endpoint') as readonly Endpoint[]) {
    if (old.url === wanted.url && old._form === wanted.form) return resecret(store, old, wanted)
  }
  return addEndpoint(store, wanted)
}

// What still waits for the address is sent to it, with the new secret.
function resecret(store: Store, old: Endpoint, wanted: NewEndpoint): { endpoint: Endpoint; secret: string } {
  const secret = store.newId('whsec')
  const endpoint: Endpoint = {
    ...old,
    enabled_events: wanted.types ?? ['*'],
    status: 'enabled',
    _secrets: [{ secret, until: null }],
  }
  store.put(endpoint)
  return { endpoint, secret }
}

/** A new secret; the old ones sign along for a while. https://docs.stripe.com/webhooks#roll-endpoint-secrets */
export function rollSecret(
  store: Store,
  id: string,
  { now, overlapSeconds = ROLL_SECONDS }: { now: Date; overlapSeconds?: number },
): { secret: string } {
  const endpoint = store.get(id) as Endpoint | undefined
  if (endpoint?.object !== 'webhook_endpoint') throw new Error(`no webhook endpoint ${id}`)
  const secret = store.newId('whsec')
  const until = Math.floor(now.getTime() / 1000) + overlapSeconds
  const old = endpoint._secrets.map((each) => ({ ...each, until: Math.min(each.until ?? until, until) }))
  const rolled: Endpoint = { ...endpoint, _secrets: [{ secret, until: null }, ...old] }
  store.put(rolled)
  return { secret }
}

function checkedUrl(url: string): string {
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return url
  throw new StripeFailure(
    400,
    { type: 'invalid_request_error', code: 'url_invalid', param: 'url' },
    `Invalid URL: ${url}`,
  )
}
