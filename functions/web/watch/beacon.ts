import type { PlaybackBeacon } from '../../../core/usage/wire.ts'
import { hasStatus, Unreachable } from '../kit/problem.ts'
import { randomName } from '../kit/random.ts'
import { authorized } from '../kit/session.ts'

/** A beacon goes out after so much playing. */
const EVERY_MS = 30_000
/** What was played and could not be told is kept for so many beacons; a server that is away for hours is not flooded. */
const MOST_KEPT = 120

export interface PlayTime {
  /** Counts from now on; already counting changes nothing. */
  start(nowMs: number): void
  stop(nowMs: number): void
  /** Sends what is due: each half minute of playing. */
  look(nowMs: number): void
  /** Sends whatever has been counted. */
  end(nowMs: number): void
}

/** Time that a film was really playing, told by numbered beacons. */
export function openPlayTime(videoId: string, send: Send): PlayTime {
  const sessionId = randomName()
  const post = openPost(send)
  let [playedMs, sequence] = [0, 0]
  let sinceMs: number | undefined
  const count = (nowMs: number) => {
    if (sinceMs === undefined) return
    playedMs += Math.max(0, nowMs - sinceMs)
    sinceMs = nowMs
  }
  const tell = (leastMs: number) => {
    if (playedMs === 0 || playedMs < leastMs || post.isFull()) return
    post.add({ videoId, sessionId, sequence: ++sequence, seconds: playedMs / 1000 })
    playedMs = 0
  }
  const stop = (nowMs: number) => {
    count(nowMs)
    sinceMs = undefined
  }
  return {
    start: (nowMs) => {
      sinceMs ??= nowMs
    },
    stop,
    look: (nowMs) => {
      count(nowMs)
      tell(EVERY_MS)
    },
    end: (nowMs) => {
      stop(nowMs)
      tell(0)
    },
  }
}

type Send = (beacon: PlaybackBeacon) => Promise<void>

/** Sends one after the other. One whose answer was lost goes out again under its number, which the platform counts once. */
function openPost(send: Send) {
  const waiting: PlaybackBeacon[] = []
  let sending = false
  const sent = async (beacon: PlaybackBeacon): Promise<boolean> => {
    try {
      await send(beacon)
      return true
    } catch (error) {
      return !mayTryAgain(error)
    }
  }
  const flush = async () => {
    if (sending) return
    sending = true
    for (let next = waiting[0]; next && (await sent(next)); next = waiting[0]) waiting.shift()
    sending = false
  }
  return {
    isFull: () => waiting.length >= MOST_KEPT,
    add(beacon: PlaybackBeacon) {
      waiting.push(beacon)
      void flush()
    },
  }
}

const mayTryAgain = (error: unknown) =>
  error instanceof Unreachable || hasStatus(error, 429) || hasStatus(error, 503)

const sendWith =
  (token: () => string): Send =>
  async (beacon) => {
    const path = '/v1/usage/playback'
    await authorized({ method: 'POST', path, json: beacon, playbackToken: token(), keepalive: true })
  }

const STOPS = ['pause', 'waiting', 'ended', 'emptied'] as const

/** Tells the platform how long a player plays, under the playback's token. The answer sends the rest and stops. */
export function tellPlayTime(media: HTMLMediaElement, videoId: string, token: () => string): () => void {
  const time = openPlayTime(videoId, sendWith(token))
  const done = new AbortController()
  const on = { signal: done.signal }
  const now = () => performance.now()
  media.addEventListener('playing', () => time.start(now()), on)
  for (const name of STOPS) media.addEventListener(name, () => time.stop(now()), on)
  // Comes four times a second while a film plays, also in a tab that nobody looks at.
  media.addEventListener('timeupdate', () => time.look(now()), on)
  const onHidden = () => document.visibilityState === 'hidden' && media.paused && time.end(now())
  document.addEventListener('visibilitychange', onHidden, on)
  addEventListener('pagehide', () => time.end(now()), on)
  return () => {
    done.abort()
    time.end(now())
  }
}
