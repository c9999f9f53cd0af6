import { type KeyFacts, keyFactsOf } from '../drm/content-keys.ts'
import type { Db } from '../ports/database.ts'
import type { KeyLabel } from '../protection/model.ts'
import type { VideoRow } from '../video/show.ts'
import type { Ask } from './ask.ts'
import type { FilmFacts } from './decide-facts.ts'
import { isOwner, type Viewer } from './decide-film.ts'
import { PlaybackRefused } from './refusals.ts'

/** Qualities that this viewer may have on this device. Sound and SD come with the film. */
export function labelsFor(
  { video, rules }: Pick<FilmFacts, 'video' | 'rules'>,
  { userId, plan }: Viewer,
  security: Ask['security'],
): readonly KeyLabel[] {
  const base = ['AUDIO', 'SD'] as const
  if (rules?.hardwareForHd && security !== 'hardware') return base
  const all = isOwner(video, userId) || video.visibility === 'public'
  if (all || plan.has('uhd')) return [...base, 'HD', 'UHD']
  return plan.has('hd') ? [...base, 'HD'] : base
}

/** Packagers that are not ours use keys of this edition (SPEKE), whatever our own generation is. */
const FOREIGN_EDITION = -1

/** Those of the film's keys that were asked for, in the same order; `undefined` for one that is not the film's. */
export async function askedKeys(
  db: Db,
  video: VideoRow,
  keyIds: readonly string[],
): Promise<readonly (KeyFacts | undefined)[]> {
  if (keyIds.length === 0) return []
  const known = new Map((await keyFactsOf(db, video.id)).filter(isOf(video)).map((key) => [key.keyId, key]))
  return keyIds.map((id) => known.get(id.toLowerCase().replaceAll('-', '')))
}

/** Of its present generation, in any edition, since a session goes on while the film is encrypted anew. */
const isOf =
  ({ generation }: VideoRow) =>
  (key: KeyFacts): boolean =>
    key.generation === generation || key.edition === FOREIGN_EDITION

/** One key that is not the film's refuses all; refused is, too, when none of them has a quality that is allowed. */
export function checkKeys(asked: readonly (KeyFacts | undefined)[], labels: readonly KeyLabel[]): void {
  if (asked.length === 0) return
  if (asked.includes(undefined)) throw new PlaybackRefused('foreign-key')
  if (!asked.some((key) => key && labels.includes(key.label)))
    throw new PlaybackRefused('quality-not-allowed')
}
