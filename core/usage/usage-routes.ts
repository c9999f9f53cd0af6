import { json, noContent, ok } from '../http/response.ts'
import { type Route, route } from '../http/route.ts'
import { playbackTokenOf } from '../playback/token.ts'
import type { Ports } from '../ports/ports.ts'
import type { CustomerId } from '../run/id.ts'
import { type CheckedEvent, checkEvent, type Refusal } from './check-event.ts'
import { type Ingested, ingest } from './ingest.ts'
import { meterPlayback } from './playback.ts'
import { showUsage } from './show.ts'
import { tenantFor, tenantMadeFor } from './tenant.ts'
import {
  PlaybackBeacon,
  Usage,
  UsageBatch,
  UsageQuery,
  type UsageResult,
  UsageResults,
  UsageSendQuery,
} from './wire.ts'

const tag = 'Usage'
const NO_STORE = { 'cache-control': 'private, no-store' }
/** 500 events with all that they may hold. */
const BATCH_BYTES = 2_000_000
const ORGANISATION = { 'not-found': '404: There is no such organisation, or you do not belong to it.' }

export const usageRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/v1/usage',
    tag,
    access: 'user',
    summary: 'Tell what was used',
    description:
      'Up to 500 events, each `{source, id, meter, quantity, at, subject?, dimensions?}`. `source` and `id` name an event for ' +
      'ever: sent again it is a `duplicate` and counts once, with another content it is a `conflict`. Each event is answered ' +
      'by itself, in order; 200 when all are there, 207 when some are not. `quantity` is a decimal text (or number) of at most ' +
      'nine digits after the point. `at` may be 35 days ago and 24 hours ahead at most. With `organisationId` it is the ' +
      'organisation’s usage: its owners and those who do its billing may send it. `platform`, `playback` and `requests` are ' +
      'sources of the platform itself.',
    query: UsageSendQuery,
    body: UsageBatch,
    bodyMaxBytes: BATCH_BYTES,
    answers: {
      200: { description: 'All are counted', schema: UsageResults },
      207: { description: 'Some are refused or in conflict', schema: UsageResults },
    },
    problems: ORGANISATION,
    handler: async ({ body, query, actor }, ports) => {
      const tenant = await tenantMadeFor(ports, actor, query.organisationId)
      const items = await takeEvents(ports, tenant, body.events)
      const good = items.every(({ status }) => status === 'accepted' || status === 'duplicate')
      return json(good ? 200 : 207, { items }, NO_STORE)
    },
  }),
  route({
    method: 'GET',
    path: '/v1/usage',
    tag,
    access: 'user',
    summary: 'What was used, by hour or day, and in the billing period so far',
    description: 'Counted every minute. Hours of 31 days or days of 366 at once at most.',
    query: UsageQuery,
    answers: { 200: { description: 'Usage by meter', schema: Usage } },
    problems: ORGANISATION,
    handler: async ({ query, actor }, ports) => {
      const tenant = await tenantFor(ports, actor, query.organisationId)
      return ok(await showUsage(ports, tenant, query), NO_STORE)
    },
  }),
  route({
    method: 'POST',
    path: '/v1/usage/playback',
    tag,
    access: 'public',
    summary: 'Tell that a film is being played',
    description:
      'A player sends it every 30 seconds and when it is closed, with its playback token as `x-skyreel-playback`. `seconds`: of ' +
      'playing since the beacon before. A number of a `sessionId`, which is the player’s own name for its run, counts once, and a ' +
      'playback session never more time than has passed.',
    body: PlaybackBeacon,
    answers: { 204: { description: 'Taken' } },
    problems: {
      'playback-token-invalid': '401: Without a playback token of this very film nothing is counted.',
      'playback-token-expired': '401: The playback token is over.',
      'not-found': '404: The film is gone.',
    },
    handler: async ({ request, body }, ports) => {
      await meterPlayback(ports, playbackTokenOf(request), body)
      return noContent()
    },
  }),
]

async function takeEvents(
  ports: Ports,
  tenant: CustomerId,
  sent: readonly Readonly<Record<string, unknown>>[],
): Promise<readonly UsageResult[]> {
  const now = ports.clock.now()
  const checked = sent.map((event) => checkEvent(event, now))
  const good = checked.flatMap((event) => ('rule' in event ? [] : [{ ...event, tenant }]))
  const states = good.length === 0 ? [] : await ingest(ports.db, good, now)
  let next = 0
  return checked.map((event, i) =>
    'rule' in event ? refused(sent[i] ?? {}, event) : taken(event, states[next++] ?? 'conflict'),
  )
}

const taken = ({ source, id }: CheckedEvent, status: Ingested): UsageResult => ({ source, id, status })

function refused({ source, id }: Readonly<Record<string, unknown>>, why: Refusal): UsageResult {
  const named = (value: unknown) => (typeof value === 'string' ? value.slice(0, 200) : undefined)
  const name = { source: named(source), id: named(id) }
  const known = Object.fromEntries(Object.entries(name).filter(([, value]) => value !== undefined))
  return { ...known, status: 'refused', field: why.field, rule: why.rule, message: why.message }
}
