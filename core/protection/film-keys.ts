import { type ContentKey, contentKeysOf } from '../drm/content-keys.ts'
import type { Encryption } from '../ports/media.ts'
import type { Uses } from '../ports/ports.ts'
import type { VideoId } from '../run/id.ts'
import { isScheme, type KeyLabel, type Protection } from './model.ts'

/** One encryption of a film. */
export interface Edition {
  readonly videoId: VideoId
  readonly generation: number
  readonly edition: number
  readonly protection: Protection
}

/** How a film is encrypted, with its keys in the open: for a unit's life only. */
export interface FilmKeys {
  readonly protection: Protection
  readonly keys: ReadonlyMap<KeyLabel, ContentKey>
}

/** The keys of an edition. A clear one has none, and nobody is asked for them. */
export async function filmKeys(
  uses: Uses<'db' | 'keyVault' | 'clock'>,
  { protection, ...at }: Edition,
): Promise<FilmKeys> {
  const keys = protection === 'clear' ? new Map<KeyLabel, ContentKey>() : await contentKeysOf(uses, at)
  return { protection, keys }
}

/** The key of some tracks. Throws where the film has none: it must not go out clear instead. */
export function keyOf({ keys }: FilmKeys, label: KeyLabel): ContentKey {
  const key = keys.get(label)
  if (!key) throw new Error(`the film has no key for ${label}`)
  return key
}

/** What the packager is told; nothing where it leaves the samples as they are. */
export function encryptionOf(film: FilmKeys, labels: readonly KeyLabel[]): { encryption?: Encryption } {
  const { protection } = film
  if (!isScheme(protection)) return {}
  const keys = Object.fromEntries(labels.map((label) => [label, keyOf(film, label)]))
  return { encryption: { scheme: protection, keys } }
}
