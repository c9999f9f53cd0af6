import { createHash, randomUUID } from 'node:crypto'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { migrate } from '../../adapters/local/database.ts'
import { startPostgres } from '../../adapters/local/postgres-server.ts'
import { openLog } from '../../adapters/node/log.ts'
import { applyObject } from '../../core/billing/apply.ts'
import { drainInbox } from '../../core/webhooks/drain.ts'
import { replay } from '../../core/webhooks/replay.ts'
import { type BenchReport, figures, rounded, thisMachine } from './report.ts'
import { CONNECTIONS, openShop, type Shop, signedEvent } from './webhooks-shop.ts'

const RUNS = 5
const EVENTS = 6000
const AT_ONCE = 32
const SUBSCRIPTIONS = 300

type Say = (line: string) => void

/** Webhooks verified, kept once and answered, over bare inserts of equal rows; and how fast they are processed. */
export async function benchWebhooks(say: Say): Promise<BenchReport> {
  const home = await mkdtemp(join(tmpdir(), 'skyreel-bench-'))
  // For root: PostgreSQL runs as another user, who must be able to enter.
  await chmod(home, 0o755)
  const log = openLog({ level: 'warn' })
  const postgres = await startPostgres({ folder: join(home, 'bench-postgres'), log })
  const pool = new pg.Pool({ connectionString: postgres.url, max: CONNECTIONS })
  try {
    await migrate(postgres.url)
    await pool.query('create table bare_inbox (like webhook_inbox including all)')
    await using shop = await openShop(postgres.url, SUBSCRIPTIONS)
    return await measure(shop, pool, say)
  } finally {
    await pool.end()
    await postgres.stop()
    await rm(postgres.clusterFolder, { recursive: true, force: true })
    await rm(home, { recursive: true, force: true })
  }
}

async function measure(shop: Shop, pool: pg.Pool, say: Say): Promise<BenchReport> {
  const found = figures()
  for (let run = 0; run <= RUNS; run++) {
    const received = await receiving(shop, pool, run)
    const bare = await inserting(shop, pool, { run })
    const prepared = await inserting(shop, pool, { run, name: 'bare-insert' })
    const [one, four] = await draining(shop, pool, run)
    say(
      `run ${run}/${RUNS}: received ${Math.round(received.perSecond)}/s, bare ${Math.round(bare.perSecond)}/s, prepared ${Math.round(prepared.perSecond)}/s`,
    )
    say(`  drained ${Math.round(one)}/s by one worker, ${Math.round(four)}/s by four`)
    // The first round warms up: compilers, caches and connections.
    if (run === 0) continue
    found.add('skyreel', 'verified and kept once', 'events/s', received.perSecond)
    found.add('skyreel', 'verified and kept once, p99', 'ms', received.p99Ms)
    found.add('bare insert', 'row', 'rows/s', bare.perSecond)
    found.add('bare insert', 'row, p99', 'ms', bare.p99Ms)
    found.add('bare insert', 'row, by a prepared statement', 'rows/s', prepared.perSecond)
    found.add('skyreel', 'processed by 1 worker', 'objects/s', one)
    found.add('skyreel', 'processed by 4 workers', 'objects/s', four)
  }
  const over = (a: [string, string], b: [string, string]) => rounded(found.median(...a) / found.median(...b))
  return {
    name: 'webhooks',
    machine: thisMachine(),
    runs: RUNS,
    results: found.results(),
    ratios: {
      overInsert: over(['skyreel', 'verified and kept once'], ['bare insert', 'row']),
      overPreparedInsert: over(
        ['skyreel', 'verified and kept once'],
        ['bare insert', 'row, by a prepared statement'],
      ),
      fourWorkersOverOne: over(['skyreel', 'processed by 4 workers'], ['skyreel', 'processed by 1 worker']),
    },
    notes: [
      `${EVENTS} signed snapshots of a subscription a run, ${AT_ONCE} at once, ${CONNECTIONS} connections on either side; each commit is waited for, with fsync as PostgreSQL comes.`,
      'Skyreel: router, Stripe’s SDK, inbox, without HTTP. An event is answered once its row is committed; events that come while inserts are under way share a statement and so a commit (core/webhooks/keep.ts).',
      'Bare: equal rows into a table with the same columns and indexes, one INSERT and one commit each through node-postgres, made ready beforehand, without a look for repetitions. Once as it is, once as a prepared statement.',
      `Processing: ${SUBSCRIPTIONS} subscriptions, each fetched over HTTP from the local Stripe server, which shares the process and the cores.`,
    ],
  }
}

const subscription = ({ subscriptions }: Shop, n: number) => subscriptions[n % subscriptions.length] ?? {}
const eventId = (run: number, n: number) => `evt_${run}_${String(n).padStart(8, '0')}`

async function receiving(shop: Shop, pool: pg.Pool, run: number) {
  await pool.query('truncate webhook_inbox, webhook_objects')
  const sent = Array.from({ length: EVENTS }, (_, n) => signedEvent(eventId(run, n), subscription(shop, n)))
  const measured = await timed(sent, shop.receive)
  const { rows } = await pool.query('select count(*)::int as n from webhook_inbox')
  if (rows[0]?.n !== EVENTS) throw new Error(`${rows[0]?.n} of ${EVENTS} webhooks were kept`)
  return measured
}

const INSERT = `insert into bare_inbox (id, provider, dedupe_id, event_id, type, object_kind, object_id, account_id,
  livemode, source, state, available_at, payload, payload_hash, occurred_at, received_at, settled_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`

/** With a name each connection prepares the statement once. */
async function inserting(
  shop: Shop,
  pool: pg.Pool,
  { run, ...named }: { readonly run: number; readonly name?: string },
) {
  await pool.query('truncate bare_inbox')
  const now = new Date().toISOString()
  const rows = Array.from({ length: EVENTS }, (_, n) => {
    const [id, object] = [eventId(run, n), subscription(shop, n)]
    const { text } = signedEvent(id, object)
    const hash = createHash('sha256').update(text).digest('hex')
    const event = [id, id, 'customer.subscription.updated', 'subscription', object.id, null, false]
    return [randomUUID(), 'stripe', ...event, 'live', 'received', now, text, hash, now, now, null]
  })
  return timed(rows, async (values) => void (await pool.query({ ...named, text: INSERT, values })))
}

/** One subscription an event, processed by one worker and then, put back, by four. */
async function draining(shop: Shop, pool: pg.Pool, run: number): Promise<readonly [number, number]> {
  await pool.query('truncate webhook_inbox, webhook_objects')
  for (const [n, object] of shop.subscriptions.entries())
    await shop.receive(signedEvent(eventId(run, n), object))
  const one = await drained(shop, 1)
  await replay(shop.ports, shop.ctx.signal, { provider: 'stripe', since: new Date(0) })
  return [one, await drained(shop, 4)]
}

async function drained({ ports, ctx }: Shop, workers: number): Promise<number> {
  const begin = performance.now()
  const { done } = await drainInbox(ports, ctx, { apply: applyObject, workers })
  if (done !== SUBSCRIPTIONS) throw new Error(`${done} of ${SUBSCRIPTIONS} objects were processed`)
  return (done * 1000) / (performance.now() - begin)
}

/** Works through a list, some at once. */
async function timed<T>(items: readonly T[], work: (item: T) => Promise<void>) {
  const took: number[] = []
  let next = 0
  const worker = async () => {
    for (let item = items[next++]; item !== undefined; item = items[next++]) {
      const begin = performance.now()
      await work(item)
      took.push(performance.now() - begin)
    }
  }
  const begin = performance.now()
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  const perSecond = (items.length * 1000) / (performance.now() - begin)
  took.sort((a, b) => a - b)
  return { perSecond, p99Ms: took[Math.floor(took.length * 0.99)] ?? 0 }
}
