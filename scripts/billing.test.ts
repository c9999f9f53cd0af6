import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openLocalSecrets } from '../adapters/local/secrets.ts'
import { openTestDatabase, type TestDatabase } from '../adapters/local/testing/database.ts'
import { type StripeServer, startStripeServer } from '../adapters/stripe-server/start.ts'
import { currencyOf } from '../core/billing/money.ts'
import { ledgerBalances } from '../core/ledger/schema.ts'
import { webhookInbox } from '../core/webhooks/schema.ts'
import { ROOT } from './settings.ts'

interface Place extends AsyncDisposable {
  readonly database: TestDatabase
  readonly stripe: StripeServer
  run(...words: readonly string[]): Promise<{ code: number; out: string; said: string }>
  post(path: string, params: Record<string, string>): Promise<{ id: string }>
}

/** A platform's home with a database and a local Stripe server that has a plan and a subscription nobody told us of. */
async function openPlace(): Promise<Place> {
  const stack = new AsyncDisposableStack()
  const home = await mkdtemp(join(tmpdir(), 'skyreel-billing-'))
  stack.defer(() => rm(home, { recursive: true, force: true }))
  const database = stack.use(await openTestDatabase())
  const key = await openLocalSecrets(join(home, 'secrets')).get('stripe-key')
  const stripe = await startStripeServer({ port: 0, key })
  stack.defer(() => stripe.stop())
  await mkdir(join(home, 'stripe'))
  const { host, port } = stripe
  await writeFile(join(home, 'stripe', 'address.json'), JSON.stringify({ host, port }))
  const env = {
    ...process.env,
    SKYREEL_HOME: home,
    DATABASE_URL: database.url,
    STRIPE_API_KEY: '',
    SKYREEL_CLOUD: 'local',
  }
  const run: Place['run'] = (...words) =>
    new Promise((resolve) => {
      const args = [join(ROOT, 'scripts/billing.ts'), ...words]
      execFile(process.execPath, args, { env }, (error, out, said) =>
        resolve({ code: error ? Number(error.code) : 0, out, said }),
      )
    })
  const post: Place['post'] = async (path, params) => {
    const headers = { authorization: `Bearer ${key}` }
    const body = new URLSearchParams(params)
    const answer = await fetch(stripe.origin + path, { method: 'POST', headers, body })
    if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`)
    return (await answer.json()) as { id: string }
  }
  return { database, stripe, run, post, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}

async function withPlan() {
  const place = await openPlace()
  const product = await place.post('/v1/products', { name: 'Premium' })
  return { ...place, product: product.id, [Symbol.asyncDispose]: () => place[Symbol.asyncDispose]() }
}

describe('npm run billing', { timeout: 60_000 }, () => {
  it('finds what only the provider has, mends it, and finds nothing more', async () => {
    await using at = await withPlan()
    const before = await at.run('diff')
    const mended = await at.run('reconcile')
    const after = await at.run('diff')
    expect([before.code, before.out.split('\n')[0], mended.code, after.code, after.out]).toEqual([
      ...[1, `product ${at.product}: only at the provider`, 0, 0],
      'Nothing differs from stripe.\n',
    ])
  })
  it('changes nothing when it runs dry', async () => {
    await using at = await withPlan()
    const { out } = await at.run('reconcile', '--dry-run')
    expect([out.includes('1 would be mended'), await at.database.db.select().from(webhookInbox)]).toEqual([
      true,
      [],
    ])
  })
  it('takes the events that nobody was told of, once', async () => {
    await using at = await withPlan()
    const first = await at.run('backfill', '--all')
    const second = await at.run('backfill', '--all')
    expect([first.out.split('\n')[0], second.out.split('\n')[0]]).toEqual([
      '1 events read, 1 were added.',
      '1 events read, 0 were added.',
    ])
  })
  it('lets what is done go through once more', async () => {
    await using at = await withPlan()
    await at.run('backfill', '--all')
    expect((await at.run('replay', '--since', '1h')).out).toBe(
      '1 webhooks go through once more.\n1 objects written.\n',
    )
  })
  it('finds a balance that somebody wrote past the ledger, and makes it again', async () => {
    await using at = await openPlace()
    const changed = { balanceMinor: 5, updatedAt: new Date('2026-01-01T00:00:00Z') }
    const place = { account: 'bank', party: '', currency: currencyOf('eur') } as const
    await at.database.db.insert(ledgerBalances).values({ ...place, ...changed })
    const found = await at.run('books')
    await at.run('rebuild')
    const after = await at.run('books')
    expect([found.code, /bank +- +eur +5 +0/.test(found.out), after.code], found.out).toEqual([1, true, 0])
  })
  it('makes the plans, once', async () => {
    await using at = await openPlace()
    const [first, second] = [await at.run('plans'), await at.run('plans')]
    expect([first.out.slice(0, 5), second.out.slice(0, 4)]).toEqual(['Made:', 'All '])
  })
  it('makes the endpoints of an address and prints the value of their secret', async () => {
    await using at = await openPlace()
    const { out } = await at.run('webhook', '--url', 'https://skyreel.example/webhooks/stripe')
    expect(JSON.parse(out)).toEqual(expect.arrayContaining([{ secret: expect.stringMatching(/^whsec_/) }]))
  })
  it.each(['https://skyreel.example/', 'ftp://skyreel.example/webhooks/stripe', 'skyreel'])(
    'makes none for %s',
    async (url) => {
      await using at = await openPlace()
      const { code, said } = await at.run('webhook', '--url', url)
      expect([code, said]).toEqual([1, expect.stringContaining('webhook needs --url')])
    },
  )
  it('keeps who gave a dead webhook up, and why', async () => {
    await using at = await withPlan()
    await at.run('backfill', '--all')
    await at.database.db.update(webhookInbox).set({ state: 'dead' })
    const [row] = await at.database.db.select().from(webhookInbox)
    const listed = await at.run('dead')
    await at.run('discard', row?.id ?? '', '--note', 'of a test')
    const [after] = await at.database.db.select().from(webhookInbox)
    expect([listed.out.includes(row?.id ?? '-'), after?.state, after?.note]).toEqual([
      true,
      'discarded',
      'of a test',
    ])
  })
  it.each([
    [['discard', 'whk_1'], 'Which one?'],
    [['replay'], 'Since when?'],
    [['diff', '--kind', 'film'], '--kind is one of'],
    [['diff', '--since', 'yesterday'], '--since is 12h, 7d or a date'],
    [['mend'], 'npm run billing -- <verb>'],
    [['diff', '--wet'], 'There is no option --wet'],
  ])('refuses %j', async (words, said) => {
    await using at = await openPlace()
    const answer = await at.run(...words)
    expect([answer.code, answer.said.includes(said)]).toEqual([1, true])
  })
})
