import { type Encryption, MediaFailed, type TrackKey } from '../../core/ports/media.ts'
import type { KeyLabel, Scheme } from '../../core/protection/model.ts'

/**
 * What the packager does to the samples of its one track. Never both in one run: its `pssh` boxes would then name the
 * old key beside the new one.
 */
export type Cipher =
  | { readonly does: 'encrypt'; readonly scheme: Scheme; readonly key: TrackKey }
  | { readonly does: 'decrypt'; readonly key: TrackKey }

/** How a track of `label` is encrypted. Throws `RangeError` where its key is missing: it must not come out clear. */
export function cipherFor(encryption: Encryption | undefined, label: KeyLabel): Cipher | undefined {
  if (!encryption) return undefined
  const key = encryption.keys[label]
  if (!key) throw new RangeError(`no key for ${label} tracks`)
  return { does: 'encrypt', scheme: encryption.scheme, key }
}

/** Part of a command: fields for the stream descriptor, arguments, and what comes by environment. */
interface CipherArgs {
  readonly label: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
}

/**
 * The packager's arguments for a cipher. The key goes by the environment (`--fromenv` of its flags library): a command
 * line can be read by every user of the machine, and a file would outlive a worker that is killed.
 * https://shaka-project.github.io/shaka-packager/html/documentation.html#raw-key-encryption-options
 */
export function cipherArgs(cipher: Cipher | undefined): CipherArgs {
  if (!cipher) return { label: '', args: [], env: {} }
  const env = { FLAGS_keys: rawKey(cipher) }
  if (cipher.does === 'decrypt')
    return { label: '', args: ['--enable_raw_key_decryption', '--fromenv', 'keys'], env }
  return {
    label: ',drm_label=TRACK',
    args: [
      ...['--enable_raw_key_encryption', '--fromenv', 'keys', '--protection_scheme', cipher.scheme],
      ...['--protection_systems', 'CommonSystem,Widevine,PlayReady', '--clear_lead', '0'],
    ],
    env,
  }
}

/**
 * `cbcs` begins each sample with the key's own IV, so that all chunks of a track have one init segment. `cenc` gets none:
 * a counter used twice with one key gives both texts away; the packager then begins each chunk at a random one.
 */
function rawKey(cipher: Cipher): string {
  const { keyId, key, iv } = cipher.key
  const fixed = cipher.does === 'encrypt' && cipher.scheme === 'cbcs' ? `:iv=${hex(iv)}` : ''
  return `label=TRACK:key_id=${keyId}:key=${hex(key)}${fixed}`
}

/** Does `work`; what it throws has lost the key: the packager repeats its arguments where it finds fault with them. */
export async function withoutKeys<T>(cipher: Cipher | undefined, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!cipher || !(error instanceof MediaFailed)) throw error
    // Without its cause, which has the key.
    throw new MediaFailed(error.message, hidden(error.tail, hex(cipher.key.key)))
  }
}

/** Fewer digits of a key tell nothing, and any word could begin with them. */
const TELLING = 8

/** The tail begins anywhere in what the packager said, also within a key. */
function hidden(tail: string, key: string): string {
  const whole = tail.replaceAll(new RegExp(key, 'gi'), '<key>')
  const begun = Array.from({ length: key.length - TELLING }, (_, i) => key.slice(i + 1))
  const rest = begun.find((end) => whole.toLowerCase().startsWith(end))
  return rest === undefined ? whole : `<key>${whole.slice(rest.length)}`
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
