import { tag } from '../../playback/hls-tags.ts'
import { type Scheme, SYSTEM_IDS } from '../../protection/model.ts'
import type { ContentKey } from '../content-keys.ts'
import { skdOf } from '../fairplay.ts'
import { commonPssh, playReadyObject, playReadyPssh, widevinePssh } from './pssh-boxes.ts'

/** What a packager puts into segments, manifests and playlists for one key and one system; base64 is added by whoever writes it. */
export interface Signaling {
  readonly pssh?: Uint8Array
  /** XML that goes into the MPD's ContentProtection. */
  readonly contentProtection?: string
  /** Attributes of EXT-X-KEY, and the same of EXT-X-SESSION-KEY. */
  readonly hls?: Readonly<Record<string, string>>
  readonly smooth?: Uint8Array
}

interface SignaledKey extends Pick<ContentKey, 'keyId' | 'key'> {
  /** Under which players reach us. */
  readonly origin: string
}

/** MPDs name Clear Key so, and HLS has whole segments under this one. */
const CLEAR_KEY_DASH = 'e2719d58-a985-b3c9-781a-b030af78d30e'
const CLEAR_KEY_AES_128 = '3ea8778f-7742-4bf9-b18b-e834b2acbd47'

interface System {
  readonly schemes: readonly string[]
  signal(key: SignaledKey, scheme: Scheme): Signaling
}

/**
 * Attributes in the order that MediaPackage wants, with neither SCHEME nor KEYID.
 * https://docs.aws.amazon.com/mediapackage/latest/userguide/implementing-speke-v2.html
 */
const SYSTEMS: Readonly<Record<string, System>> = {
  [SYSTEM_IDS.widevine]: { schemes: ['cenc', 'cbcs'], signal: widevine },
  [SYSTEM_IDS.playready]: { schemes: ['cenc', 'cbcs'], signal: playReady },
  [SYSTEM_IDS.fairplay]: {
    schemes: ['cbcs'],
    signal: ({ keyId }, scheme) => ({
      hls: { METHOD: method(scheme), URI: `"${skdOf(keyId)}"`, ...format('com.apple.streamingkeydelivery') },
    }),
  },
  [SYSTEM_IDS.clearkey]: { schemes: ['cenc', 'cbcs'], signal: clearKey },
  [CLEAR_KEY_DASH]: {
    schemes: ['cenc', 'cbcs'],
    signal: ({ origin }) => ({
      contentProtection: `<dashif:Laurl xmlns:dashif="https://dashif.org/CPS" licenseType="EME-1.0">${origin}/v1/license/clearkey</dashif:Laurl>`,
    }),
  },
  [CLEAR_KEY_AES_128]: {
    schemes: ['cbc1'],
    signal: ({ keyId, origin }) => ({
      hls: { METHOD: 'AES-128', URI: `"${origin}/v1/license/key/${keyId}"`, ...format('identity') },
    }),
  },
}

export const isSystemId = (systemId: string): boolean => Object.hasOwn(SYSTEMS, systemId)

/** Schemes of CPIX that the system opens. */
export const schemesOf = (systemId: string): readonly string[] => SYSTEMS[systemId]?.schemes ?? []

/** `undefined` for a system that we have no signaling of. */
export const signalingOf = (systemId: string, key: SignaledKey, scheme: string): Signaling | undefined =>
  isSystemId(systemId) ? SYSTEMS[systemId]?.signal(key, scheme as Scheme) : undefined

function widevine({ keyId }: SignaledKey, scheme: Scheme): Signaling {
  const pssh = widevinePssh([keyId], scheme)
  const uri = `"data:text/plain;base64,${base64(pssh)}"`
  const hls = { METHOD: method(scheme), URI: uri, ...format(`urn:uuid:${SYSTEM_IDS.widevine}`) }
  return { pssh, contentProtection: cencPssh(pssh), hls }
}

function playReady({ keyId, key }: SignaledKey, scheme: Scheme): Signaling {
  const header = playReadyObject(keyId, key, scheme)
  const pssh = playReadyPssh(header)
  const pro = `<mspr:pro xmlns:mspr="urn:microsoft:playready">${base64(header)}</mspr:pro>`
  const uri = `"data:text/plain;charset=UTF-16;base64,${base64(header)}"`
  const hls = { METHOD: method(scheme), ...format('com.microsoft.playready'), URI: uri }
  return { pssh, contentProtection: cencPssh(pssh) + pro, hls, smooth: header }
}

/** In HLS as shaka-packager writes it: the key id stands where a key's address would. */
function clearKey({ keyId }: SignaledKey, scheme: Scheme): Signaling {
  const pssh = commonPssh([keyId])
  const uri = `"data:text/plain;base64,${base64(Buffer.from(keyId, 'hex'))}"`
  return {
    pssh,
    contentProtection: cencPssh(pssh),
    hls: { METHOD: method(scheme), URI: uri, ...format('identity') },
  }
}

const method = (scheme: Scheme): string => (scheme === 'cbcs' ? 'SAMPLE-AES' : 'SAMPLE-AES-CTR')
const format = (name: string) => ({ KEYFORMAT: `"${name}"`, KEYFORMATVERSIONS: '"1"' })
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')
const cencPssh = (pssh: Uint8Array): string =>
  `<cenc:pssh xmlns:cenc="urn:mpeg:cenc:2013">${base64(pssh)}</cenc:pssh>`

/** Playlists of which EXT-X tag the signaling is for. */
const TAGS: Readonly<Record<string, string>> = { media: 'KEY', master: 'SESSION-KEY' }

/** The whole tag for the `playlist` of CPIX; `undefined` where the system has none, or for another playlist. */
export function hlsTag({ hls }: Signaling, playlist: string): string | undefined {
  const name = Object.hasOwn(TAGS, playlist) ? TAGS[playlist] : undefined
  return hls && name !== undefined ? tag(name, hls) : undefined
}
