import { describe, expect, it } from 'vitest'
import type { Segment, TrackOutput } from '../ports/media.ts'
import { ChunksDoNotJoin, type JoinRule, joinChunks } from './film-tracks.ts'

/** Numbers that look random and are the same in each run. */
function* pseudoRandom(seed: number): Generator<number, never> {
  for (let state = seed; ; ) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    yield state / 2 ** 32
  }
}

const below = (random: Generator<number, never>, limit: number) => Math.floor(random.next().value * limit)

const segmentsOf = (random: Generator<number, never>, count: number): Segment[] =>
  Array.from({ length: count }, (_, index) => ({
    number: index + 1,
    durationTicks: 1 + below(random, 200_000),
    sizeBytes: 1 + below(random, 1_000_000),
    keyframes: [],
  }))

const output = (startTicks: number, segments: readonly Segment[]): TrackOutput => ({
  name: '720p',
  codecs: 'avc1.64001f',
  timescale: 30_000,
  initSha256: 'a1',
  samples: segments.length * 180,
  width: 1280,
  height: 720,
  startTicks,
  segments,
})

/** Cuts at random places and shuffles the chunks. */
function chunked(random: Generator<number, never>, segments: readonly Segment[]): TrackOutput[] {
  const chunks: TrackOutput[] = []
  for (let from = 0, start = 0; from < segments.length; ) {
    const part = segments.slice(from, from + 1 + below(random, 4))
    chunks.push(output(start, part))
    from += part.length
    start += part.reduce((sum, segment) => sum + segment.durationTicks, 0)
  }
  return chunks
    .map((chunk) => ({ chunk, at: random.next().value }))
    .sort((a, b) => a.at - b.at)
    .map(({ chunk }) => chunk)
}

function ruleOf(chunks: readonly TrackOutput[]): JoinRule | undefined {
  try {
    joinChunks(chunks)
  } catch (error) {
    if (error instanceof ChunksDoNotJoin) return error.rule
    throw error
  }
}

const piece = (number: number, durationTicks = 100): Segment => ({
  number,
  durationTicks,
  sizeBytes: 9,
  keyframes: [],
})

describe('joinChunks', () => {
  it.each(Array.from({ length: 60 }, (_, seed) => seed))(
    'makes the same track of any chunking, seed %i',
    (seed) => {
      const random = pseudoRandom(seed)
      const segments = segmentsOf(random, 1 + below(random, 40))
      const { startTicks: _, ...whole } = output(0, segments)
      expect(joinChunks(chunked(random, segments))).toEqual(whole)
    },
  )

  it.each(Array.from({ length: 30 }, (_, seed) => seed))(
    'refuses a chunking that lost a chunk, seed %i',
    (seed) => {
      const random = pseudoRandom(seed)
      const chunks = chunked(random, segmentsOf(random, 10 + below(random, 30)))
      const last = Math.max(...chunks.map((chunk) => chunk.startTicks))
      const lost = chunks.findIndex((chunk) => chunk.startTicks < last)
      expect(ruleOf(chunks.toSpliced(lost, 1))).toBe('gap')
    },
  )

  it('refuses a chunk that is there twice', () => {
    expect(ruleOf([output(0, [piece(1)]), output(0, [piece(1)])])).toBe('overlap')
  })

  it('refuses a first chunk that does not begin the film', () => {
    expect(ruleOf([output(100, [piece(1)])])).toBe('gap')
  })

  it('refuses segment numbers that skip one', () => {
    expect(ruleOf([output(0, [piece(1)]), output(100, [piece(3)])])).toBe('segment-numbers')
  })

  it('refuses segment numbers that begin with 0', () => {
    expect(ruleOf([output(0, [piece(0)])])).toBe('segment-numbers')
  })

  it('refuses chunks that need different init segments', () => {
    expect(ruleOf([output(0, [piece(1)]), { ...output(100, [piece(2)]), initSha256: 'b2' }])).toBe(
      'same-init',
    )
  })

  it.each([{ codecs: 'avc1.640020' }, { timescale: 25 }, { name: '480p' }, { height: 719 }])(
    'refuses chunks that differ in %o',
    (other) => {
      expect(ruleOf([output(0, [piece(1)]), { ...output(100, [piece(2)]), ...other }])).toBe('same-track')
    },
  )

  it('refuses no chunks', () => {
    expect(ruleOf([])).toBe('no-chunks')
  })
})
