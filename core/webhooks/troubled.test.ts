import { describe, expect, it } from 'vitest'
import type { InboxColumn } from '../../adapters/local/testing/inbox.ts'
import { drain, mended, openMirror } from '../../adapters/local/testing/mirror.ts'
import { sweepInbox } from './sweep.ts'
import { anEvent } from './testing/provider.ts'
import { discardWebhook, retryWebhook, troubledWebhooks } from './troubled.ts'

describe('a webhook that an operator looks at', () => {
  const by = { note: 'mended', by: 'ada' }
  async function dead() {
    const column = await openMirror()
    await column.send(anEvent({ eventId: 'evt_a' }))
    await column.ports.db.execute(`update webhook_inbox set state = 'dead', attempts = 8`)
    const [row] = await troubledWebhooks(column.ports)
    if (!row) throw new Error('nothing is troubled')
    return { ...column, id: row.id, [Symbol.asyncDispose]: () => column[Symbol.asyncDispose]() }
  }
  it('is processed after all when it is retried', async () => {
    await using at = await dead()
    await retryWebhook(at.ports, at.id, by)
    await drain(at)
    expect(await at.states()).toEqual(['evt_a done'])
  })
  it('keeps who decided, when and why', async () => {
    await using at = await dead()
    await discardWebhook(at.ports, at.id, by)
    expect((await at.rows())[0]).toMatchObject({
      state: 'discarded',
      note: 'mended',
      notedBy: 'ada',
      notedAt: at.clock.now(),
    })
  })
  it('cannot be discarded while it is at work', async () => {
    await using column = await openMirror()
    await column.send(anEvent())
    const [row] = await column.rows()
    expect(row && (await discardWebhook(column.ports, row.id, by))).toBe(false)
  })
})

describe('the sweep', () => {
  it('processes what no wake-up told of', async () => {
    await using column = await openMirror()
    await column.send(anEvent({ eventId: 'evt_a' }))
    await sweepInbox(column.ports, column.ctx, column.apply)
    expect(await column.states()).toEqual(['evt_a done'])
  })
  const alerts = (column: Pick<InboxColumn, 'log'>) =>
    column.log.lines.filter(({ level }) => level === 'error').map(({ fields }) => fields.metric)
  it('says once an hour that webhooks are dead', async () => {
    await using column = await openMirror()
    await column.send(anEvent())
    await column.ports.db.execute(`update webhook_inbox set state = 'dead'`)
    for (let n = 0; n < 61; n += 1) {
      await sweepInbox(column.ports, column.ctx, column.apply)
      column.clock.advance(60_000)
    }
    expect(alerts(column)).toEqual(['webhooks-troubled', 'webhooks-troubled'])
  })
  it('says that nothing came for a day though there are subscriptions', async () => {
    await using column = await openMirror()
    await mended(column)
    column.clock.advance(25 * 3_600_000)
    await sweepInbox(column.ports, column.ctx, column.apply)
    expect(alerts(column)).toEqual(['webhooks-quiet'])
  })
  it('is silent about it without subscriptions', async () => {
    await using column = await openMirror()
    column.clock.advance(25 * 3_600_000)
    await sweepInbox(column.ports, column.ctx, column.apply)
    expect(alerts(column)).toEqual([])
  })
})
