import { expect, it } from 'vitest'
import { openTestColumn } from '../../adapters/local/testing/column.ts'
import { aPerson, aUnit, aVideo } from '../../adapters/local/testing/rows.ts'
import type { SourceAudio, TrackOutput } from '../ports/media.ts'
import { filmTracks } from './film.ts'

type Sound = Pick<SourceAudio, 'language' | 'title'>

/** The sound tracks' names of a film that has them in this order. */
async function labelsOf(...sound: readonly Sound[]): Promise<string[]> {
  await using column = await openTestColumn()
  const { db } = column.ports
  const video = await aVideo(db, { ownerId: (await aPerson(db)).id })
  const units = []
  for (const [index, facts] of sound.entries()) {
    const name = `audio-${index}`
    const track = { streamIndex: index, codec: 'aac', channels: 2, sampleRate: 48_000, ...facts }
    const spec = { kind: 'audio', name, track, segmentSeconds: 6, durationSeconds: 6 } as const
    const output = { kind: 'audio', track: packaged(name) } as const
    units.push(await aUnit(db, { videoId: video.id, name: `audio/${index}`, spec, output, state: 'done' }))
  }
  return filmTracks(video, units, []).audio.map(({ label }) => label)
}

const packaged = (name: string): TrackOutput => ({
  name,
  codecs: 'mp4a.40.2',
  timescale: 48_000,
  startTicks: 0,
  initSha256: 'same',
  segments: [{ number: 1, durationTicks: 288_000, sizeBytes: 1, keyframes: [] }],
  samples: 288_000,
})

it('calls sound of no known language by its number', async () => {
  expect(await labelsOf({ language: 'und' }, { language: 'und' })).toEqual(['Audio', 'Audio 2'])
})

it('calls sound by its title, else by its language', async () => {
  const titled = { language: 'de', title: 'Kommentar' }
  expect(await labelsOf({ language: 'en' }, titled)).toEqual(['English', 'Kommentar'])
})

it('calls sound by its language where the tag has extensions, which have no names', async () => {
  expect(await labelsOf({ language: 'en-u-ca-buddhist' })).toEqual(['English'])
})
