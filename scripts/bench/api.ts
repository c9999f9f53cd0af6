import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { startPostgres } from '../../adapters/local/postgres-server.ts'
import { openLog } from '../../adapters/node/log.ts'
import { ROOT } from '../settings.ts'
import { load } from './load.ts'
import { type BenchReport, figures, rounded, thisMachine } from './report.ts'
import { type ServerProcess, startServer } from './server-process.ts'

const VIDEOS = 100_000
const RUNS = 5
const SECONDS = 4
const CONNECTIONS = 20
const PERSON = { email: 'bench@example.com', password: 'bench bench bench', name: 'Bench' }

/** The list of videos and a 404: the platform's API against a bare node:http server on the same database. */
export async function benchApi(say: (line: string) => void): Promise<BenchReport> {
  const home = await mkdtemp(join(tmpdir(), 'skyreel-bench-'))
  // For root: PostgreSQL runs as another user, who must be able to enter.
  await chmod(home, 0o755)
  const postgres = await startPostgres({
    folder: join(home, 'bench-postgres'),
    log: openLog({ level: 'warn' }),
  })
  const servers: ServerProcess[] = []
  try {
    const env = { DATABASE_URL: postgres.url, SKYREEL_HOME: join(home, 'home') }
    const ours = await startServer({
      command: [process.execPath, join(ROOT, 'scripts/start.ts')],
      env,
      path: '/healthz',
    })
    servers.push(ours)
    const owner = await signUp(ours.origin)
    say(`inserting ${VIDEOS} videos ...`)
    await insertVideos(postgres.url, owner)
    const bareEnv = { DATABASE_URL: postgres.url, OWNER: owner }
    const bare = join(ROOT, 'scripts/bench/bare-server.ts')
    servers.push(
      await startServer({ command: [process.execPath, bare], env: bareEnv, path: '/v1/videos?limit=1' }),
    )
    return await measure(servers, () => accessToken(ours.origin), { url: postgres.url, say })
  } finally {
    for (const server of servers) await server.stop()
    await postgres.stop()
    await rm(postgres.clusterFolder, { recursive: true, force: true })
    await rm(home, { recursive: true, force: true })
  }
}

const CASES = [
  { name: 'list of 50', path: '/v1/videos?limit=50', expect: 200, posters: false },
  { name: 'list of 50 with posters', path: '/v1/videos?limit=50', expect: 200, posters: true },
  { name: '404', path: '/v1/no-such-thing', expect: 404, posters: false },
] as const

interface Surroundings {
  readonly url: string
  readonly say: (line: string) => void
}

async function measure(
  servers: readonly ServerProcess[],
  token: () => Promise<string>,
  at: Surroundings,
): Promise<BenchReport> {
  const subjects = ['skyreel', 'bare node:http'].map((name, index) => ({
    name,
    origin: servers[index]?.origin ?? '',
  }))
  const found = figures()
  for (let run = 0; run <= RUNS; run++) {
    for (const { name, path, expect, posters } of CASES) {
      await setPosters(at.url, posters)
      for (const subject of subjects) {
        const url = subject.origin + path
        const measured = await load({
          url,
          token: await token(),
          seconds: SECONDS,
          connections: CONNECTIONS,
          expect,
        })
        at.say(
          `run ${run}/${RUNS} ${subject.name}, ${name}: ${Math.round(measured.requestsPerSecond)} requests/s`,
        )
        // The first round warms up: compilers, caches and connections.
        if (run === 0) continue
        found.add(subject.name, name, 'requests/s', measured.requestsPerSecond)
        found.add(subject.name, `${name}, p50`, 'ms', measured.p50Ms)
        found.add(subject.name, `${name}, p99`, 'ms', measured.p99Ms)
      }
    }
  }
  const ratio = (what: string) =>
    rounded(found.median('skyreel', what) / found.median('bare node:http', what))
  return {
    name: 'api',
    machine: thisMachine(),
    runs: RUNS,
    results: found.results(),
    ratios: {
      requestsOverBare: ratio('list of 50'),
      requestsWithPostersOverBare: ratio('list of 50 with posters'),
      notFoundOverBare: ratio('404'),
    },
    notes: [
      `${VIDEOS} videos of one owner, ${CONNECTIONS} connections, ${SECONDS} s a run; server, database and load share the cores.`,
      'With posters our API signs 50 URLs a page; the bare server writes them unsigned.',
    ],
  }
}

/** Answers the owner's UUID. */
async function signUp(origin: string): Promise<string> {
  const { user } = await post(origin, '/v1/signup', PERSON)
  return user.id.slice('usr_'.length)
}

/** A fresh one each time: a token lives for minutes only. */
async function accessToken(origin: string): Promise<string> {
  return (await post(origin, '/v1/login', { email: PERSON.email, password: PERSON.password })).accessToken
}

async function post(
  origin: string,
  path: string,
  body: unknown,
): Promise<{ accessToken: string; user: { id: string } }> {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(origin + path, { method: 'POST', headers, body: JSON.stringify(body) })
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
  return (await response.json()) as { accessToken: string; user: { id: string } }
}

/** Ids rise with time, as those of the platform do. */
const INSERT = `insert into videos (id, owner_id, title, description, visibility, status, progress, generation, warnings,
  duration_seconds, width, height, revision, created_at, updated_at)
  select (lpad(to_hex(1700000000000 + n), 12, '0') || '7000' || '8' || substr(md5(n::text), 1, 15))::uuid, $1,
  'Film number ' || n, 'A film that was made to be listed', 'private', 'ready', 1, 1, '[]', 60 + n % 100, 1920, 1080, 1, t, t
  from generate_series(1, $2::int) n, lateral (select timestamptz '2026-01-01' + n * interval '1 second' as t)`

async function insertVideos(url: string, owner: string): Promise<void> {
  await query(url, INSERT, [owner, VIDEOS])
  await query(url, 'vacuum analyze videos')
}

/** On the first pages only: those are the ones that are read. */
async function setPosters(url: string, posters: boolean): Promise<void> {
  const some = 'select id from videos order by id desc limit 200'
  await query(url, `update videos set poster = $1 where id in (${some})`, [posters ? 'poster.jpg' : null])
  await query(url, 'vacuum analyze videos')
}

async function query(url: string, sql: string, values: unknown[] = []): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(sql, values)
  } finally {
    await client.end()
  }
}
