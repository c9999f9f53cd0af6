import { expect, it } from 'vitest'
import { openStripe } from './payments.ts'
import { answering } from './testing/answering.ts'
import { thinEvent } from './testing/events.ts'
import { knownSecrets } from './testing/known-secrets.ts'

const clock = { now: () => new Date('2026-11-20T12:00:00Z') }

async function noticeOf(event: unknown) {
  await using server = await answering(() => ({ status: 200, body: event }))
  const secrets = knownSecrets({ 'stripe-key': 'sk_test_1' })
  const stripe = openStripe({ secrets, clock, api: server.origin })
  const notice = await stripe.fetch({ kind: 'notice', id: 'evt_test_61thinA', accountId: null })
  return { notice, asked: server.asked.map(({ line }) => line) }
}

it('a meter’s error report is fetched with what it says and about which meter', async () => {
  const meter = { id: 'mtr_1', type: 'billing.meter' }
  const data = { developer_message_summary: 'There is 1 invalid event', reason: { error_count: 1 } }
  const { notice, asked } = await noticeOf(
    thinEvent('v1.billing.meter.error_report_triggered', meter, { data }),
  )
  expect(asked).toEqual(['GET /v2/core/events/evt_test_61thinA'])
  expect(notice).toMatchObject({
    notice: 'meter-refused-usage',
    details: { objectId: 'mtr_1', reason: { error_count: 1 } },
  })
})
it('events that were never made are told', async () => {
  const { notice } = await noticeOf(thinEvent('v2.core.health.event_generation_failure.resolved', null))
  expect(notice).toMatchObject({ kind: 'notice', notice: 'events-were-not-generated' })
})
