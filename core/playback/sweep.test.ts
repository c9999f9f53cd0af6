import { sql } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { openPlaybackDesk } from '../../adapters/local/testing/playback-desk.ts'
import { rowsOf } from '../database/rows.ts'
import { playbackNonces } from './schema.ts'
import { sweepPlayback } from './sweep.ts'

const DAY = 86_400_000
const ALL = sql`select (select count(*)::int from playback_rates) as rates, (select count(*)::int from playback_nonces) as nonces,
  (select count(*)::int from playback_sessions) as sessions, (select count(*)::int from playback_decisions) as decisions`

it('the sweep drops what is too old of each kind, and nothing else', async () => {
  await using at = await openPlaybackDesk()
  const film = await at.aFilm({ visibility: 'public' })
  const left = async () => {
    await sweepPlayback(at.ports)
    return (await rowsOf(at.ports.db, ALL))[0]
  }
  await at.open(film)
  const nonce = { issuer: 'callback', nonce: 'one', expiresAt: new Date(at.clock.now().getTime() + 1000) }
  await at.ports.db.insert(playbackNonces).values(nonce)
  const found = [await left()]
  for (const ms of [3 * 60_000, 90 * DAY, 310 * DAY]) {
    at.clock.advance(ms)
    found.push(await left())
  }
  expect(found).toEqual([
    { rates: 1, nonces: 1, sessions: 1, decisions: 1 },
    { rates: 0, nonces: 0, sessions: 1, decisions: 1 },
    { rates: 0, nonces: 0, sessions: 0, decisions: 1 },
    { rates: 0, nonces: 0, sessions: 0, decisions: 0 },
  ])
})
