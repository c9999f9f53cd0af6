import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openReceiver, openWire } from './testing/wire.ts'

async function aFile() {
  const folder = await mkdtemp(join(tmpdir(), 'stripe-server-'))
  return {
    file: join(folder, 'journal.jsonl'),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}

describe('a restart of the local Stripe server', () => {
  it('finds every object again', async () => {
    await using at = await aFile()
    await using before = await openWire({ file: at.file })
    const { id } = await before.stripe.customers.create({ name: 'A' })
    await before.stripe.customers.update(id, { name: 'B' })
    await before.server.stop()
    await using after = await openWire({ file: at.file })
    expect(await after.stripe.customers.retrieve(id)).toMatchObject({ name: 'B' })
  })
  it('forgets what was removed', async () => {
    await using at = await aFile()
    await using before = await openWire({ file: at.file })
    const { id } = await before.stripe.products.create({ name: 'P' })
    await before.stripe.products.del(id)
    await before.server.stop()
    await using after = await openWire({ file: at.file })
    expect((await after.stripe.products.list()).data).toEqual([])
  })
  it('remembers the answer to an idempotency key', async () => {
    await using at = await aFile()
    const once = { idempotencyKey: 'order-1' }
    await using before = await openWire({ file: at.file })
    const { id } = await before.stripe.customers.create({ name: 'A' }, once)
    await before.server.stop()
    await using after = await openWire({ file: at.file })
    expect((await after.stripe.customers.create({ name: 'A' }, once)).id).toBe(id)
  })
  it('sends what was not delivered before', async () => {
    await using at = await aFile()
    await using to = await openReceiver()
    to.answers.push(500)
    await using before = await openWire({ file: at.file, webhookRetryMs: 3_600_000 })
    before.server.addEndpoint({ url: to.url, form: 'snapshot' })
    await before.stripe.customers.create({ name: 'A' })
    await before.server.settle()
    await before.server.stop()
    await using after = await openWire({ file: at.file })
    await after.server.settle()
    expect(to.hooks.map(({ body }) => JSON.parse(body).type)).toEqual([
      'customer.created',
      'customer.created',
    ])
  })
  it('sends once to an address that is registered again', async () => {
    await using at = await aFile()
    await using to = await openReceiver()
    await using before = await openWire({ file: at.file })
    before.server.addEndpoint({ url: to.url, form: 'snapshot' })
    await before.server.stop()
    await using after = await openWire({ file: at.file })
    after.server.addEndpoint({ url: to.url, form: 'snapshot' })
    await after.stripe.customers.create({ name: 'A' })
    await after.server.settle()
    expect(to.hooks).toHaveLength(1)
  })
  it('drops a last line that was torn by a crash, and nothing else', async () => {
    await using at = await aFile()
    await using before = await openWire({ file: at.file })
    await before.stripe.customers.create({ name: 'A' })
    await before.server.stop()
    await appendFile(at.file, '{"put":[{"id":"cus_torn","object":"cust')
    await using after = await openWire({ file: at.file })
    expect((await after.stripe.customers.list()).data.map(({ name }) => name)).toEqual(['A'])
  })
  it('refuses a journal that is damaged in the middle', async () => {
    await using at = await aFile()
    await appendFile(at.file, 'damaged\n{"put":[],"removed":[]}\n')
    await expect(openWire({ file: at.file })).rejects.toThrow(SyntaxError)
  })
  it('keeps of each object its last state alone', async () => {
    await using at = await aFile()
    await using before = await openWire({ file: at.file })
    const { id } = await before.stripe.customers.create({ name: '0' })
    for (const name of ['1', '2', '3']) await before.stripe.customers.update(id, { name })
    await before.server.stop()
    await using after = await openWire({ file: at.file })
    await after.server.stop()
    const lines = (await readFile(at.file, 'utf8')).split('\n').filter(Boolean)
    const put = lines.flatMap((line) => JSON.parse(line).put as { id: string; name?: string }[])
    expect(put.filter((object) => object.id === id).map(({ name }) => name)).toEqual(['3'])
  })
})
