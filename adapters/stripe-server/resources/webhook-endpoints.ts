import { addEndpoint } from '../endpoints.ts'
import type { StrictOperation } from '../operation-table.ts'
import { listOf } from '../paging.ts'
import { existing, flag, listed, metadata, text, texts, word } from './fields.ts'

const FIELDS = ['url', 'enabled_events', 'description', 'metadata']

/** https://docs.stripe.com/api/webhook_endpoints */
export const webhookEndpointOperations: readonly StrictOperation[] = [
  {
    method: 'POST',
    path: '/v1/webhook_endpoints',
    accepts: [...FIELDS, 'api_version', 'connect'],
    requires: ['url', 'enabled_events'],
    run(store, { params }) {
      const { endpoint, secret } = addEndpoint(store, {
        url: text(params, 'url') ?? '',
        form: 'snapshot',
        types: texts(params, 'enabled_events'),
        apiVersion: text(params, 'api_version') ?? null,
        description: text(params, 'description') ?? null,
        connect: flag(params, 'connect') ?? false,
      })
      const described = { ...endpoint, metadata: metadata(params) }
      store.put(described)
      return { ...described, secret }
    },
  },
  {
    method: 'GET',
    path: '/v1/webhook_endpoints',
    accepts: ['limit', 'starting_after', 'ending_before'],
    run: (store, { params }) =>
      listOf('/v1/webhook_endpoints', listed(store, 'webhook_endpoint', { params })),
  },
  {
    method: 'GET',
    path: '/v1/webhook_endpoints/:id',
    accepts: [],
    run: (store, { path }) => existing(store, 'webhook_endpoint', path.id),
  },
  {
    method: 'POST',
    path: '/v1/webhook_endpoints/:id',
    accepts: [...FIELDS, 'disabled'],
    run(store, { path, params }) {
      const before = existing(store, 'webhook_endpoint', path.id)
      const types = texts(params, 'enabled_events')
      const after = {
        ...before,
        url: text(params, 'url') ?? before.url,
        enabled_events: types.length ? types : before.enabled_events,
        metadata: metadata(params, before.metadata),
        status: params.disabled === undefined ? before.status : statusOf(params.disabled === 'true'),
      }
      store.put(after)
      return after
    },
  },
  {
    method: 'DELETE',
    path: '/v1/webhook_endpoints/:id',
    accepts: [],
    run(store, { path }) {
      const { id } = existing(store, 'webhook_endpoint', path.id)
      store.remove(id)
      return { id, object: 'webhook_endpoint', deleted: true }
    },
  },
]

/** Destinations, the newer way that knows thin events too. https://docs.stripe.com/api/v2/core/event_destinations */
export const eventDestinationOperations: readonly StrictOperation[] = [
  {
    method: 'POST',
    path: '/v2/core/event_destinations',
    accepts: [
      ...['name', 'description', 'type', 'event_payload', 'enabled_events', 'include', 'metadata'],
      ...['webhook_endpoint.url', 'snapshot_api_version', 'events_from'],
    ],
    requires: ['name', 'type', 'event_payload', 'enabled_events'],
    run(store, { params }) {
      const to = params.webhook_endpoint
      const url = typeof to === 'object' && !Array.isArray(to) ? text(to, 'url') : undefined
      const { endpoint, secret } = addEndpoint(store, {
        url: url ?? '',
        form: word(params, 'event_payload', ['snapshot', 'thin']) ?? 'thin',
        types: texts(params, 'enabled_events'),
        apiVersion: text(params, 'snapshot_api_version') ?? null,
        description: text(params, 'name') ?? null,
      })
      const told = texts(params, 'include').includes('webhook_endpoint.signing_secret')
      return destination(endpoint, { url: endpoint.url, signing_secret: told ? secret : null })
    },
  },
  {
    method: 'GET',
    path: '/v2/core/event_destinations',
    accepts: ['limit', 'page', 'include'],
    run(store, { params }) {
      const all = listed(store, 'webhook_endpoint', { params })
      const data = all.map((each) => destination(each, { url: each.url }))
      return { ...listOf('', data), next_page_url: null, previous_page_url: null }
    },
  },
  {
    method: 'DELETE',
    path: '/v2/core/event_destinations/:id',
    accepts: [],
    run(store, { path }) {
      const { id } = existing(store, 'webhook_endpoint', path.id)
      store.remove(id)
      return { id, object: 'v2.core.event_destination' }
    },
  },
]

function destination(endpoint: ReturnType<typeof existing>, to: Record<string, unknown>) {
  return {
    id: endpoint.id,
    object: 'v2.core.event_destination',
    created: new Date(Number(endpoint.created) * 1000).toISOString(),
    name: endpoint.description,
    description: '',
    type: 'webhook_endpoint',
    event_payload: endpoint._form,
    enabled_events: endpoint.enabled_events,
    snapshot_api_version: endpoint.api_version,
    status: endpoint.status,
    livemode: false,
    webhook_endpoint: to,
  }
}

function statusOf(disabled: boolean): string {
  return disabled ? 'disabled' : 'enabled'
}
