import { expect, it } from 'vitest'
import { openStripe } from './payments.ts'
import { answering } from './testing/answering.ts'
import { snapshotEvent } from './testing/events.ts'
import { knownSecrets } from './testing/known-secrets.ts'

const NOW = 1_795_000_000
const clock = { now: () => new Date(NOW * 1000) }
const since = new Date((NOW - 30 * 86_400) * 1000)

const event = (index: number, created: number) =>
  snapshotEvent('invoice.paid', { id: 'in_1', object: 'invoice' }, { id: `evt_${index}`, created })

type Event = ReturnType<typeof event>

/** `GET /v1/events` over events that are given oldest first: newest first, in pages, with both cursors. */
function pageOf(line: string, events: readonly Event[]) {
  const query = new URL(line.slice('GET '.length), 'http://stripe').searchParams
  const bound = (name: string, none: number) => Number(query.get(`created[${name}]`) ?? none)
  const within = events
    .filter(({ created }) => created >= bound('gte', 0) && created < bound('lt', Number.POSITIVE_INFINITY))
    .toReversed()
  const limit = Number(query.get('limit'))
  const before = query.get('ending_before')
  const newer = before === null ? -1 : within.findIndex(({ id }) => id === before)
  const after = within.findIndex(({ id }) => id === query.get('starting_after'))
  const data =
    before === null
      ? within.slice(after + 1, after + 1 + limit)
      : within.slice(Math.max(0, newer - limit), newer)
  const more = before === null ? after + 1 + limit < within.length : newer - limit > 0
  return { status: 200, body: { object: 'list', data, has_more: more, url: '/v1/events' } }
}

async function listed(events: readonly Event[], query: { after?: string; undelivered?: boolean } = {}) {
  await using server = await answering((line) =>
    line.startsWith('GET /v2/')
      ? { status: 200, body: { data: [], next_page_url: null } }
      : pageOf(line, events),
  )
  const stripe = openStripe({
    secrets: knownSecrets({ 'stripe-key': 'sk_test_1' }),
    clock,
    api: server.origin,
  })
  const found = await Array.fromAsync(stripe.events({ since, undelivered: false, ...query }))
  return {
    ids: found.map(({ eventId }) => eventId),
    lines: server.asked.map(({ line }) => line).filter((line) => line.startsWith('GET /v1/')),
  }
}

it('lists thousands oldest first, each once', async () => {
  const events = Array.from({ length: 1500 }, (_, index) => event(index, NOW - 25 * 86_400 + index * 997))
  const { ids } = await listed(events)
  expect(ids).toEqual(events.map(({ id }) => id))
})
it('lists more than a page of one second', async () => {
  const events = Array.from({ length: 250 }, (_, index) => event(index, NOW - 5000))
  expect((await listed(events)).ids).toEqual(events.map(({ id }) => id))
})
it('lists what happens by a clock ahead of ours', async () => {
  expect((await listed([event(1, NOW + 60)])).ids).toEqual(['evt_1'])
})
it('asks once where there is little', async () => {
  expect((await listed([event(1, NOW - 10)])).lines).toHaveLength(1)
})
it('goes on after an event that is known', async () => {
  const events = Array.from({ length: 250 }, (_, index) => event(index, NOW - 5000 + index))
  const { ids } = await listed(events, { after: 'evt_99' })
  expect(ids).toEqual(events.slice(100).map(({ id }) => id))
})
it('asks for the undelivered alone', async () => {
  const { lines } = await listed([], { undelivered: true })
  expect(lines[0]).toContain('delivery_success=false')
})
