import { SYSTEM_IDS } from '../protection/model.ts'
import { psshData } from '../protection/pssh.ts'
import type { MediaTrack, TrackEncryption } from './film-tracks.ts'
import { tag } from './hls-tags.ts'

type Attributes = Readonly<Record<string, string>>

/** The EXT-X-KEY lines of a track, one for each DRM system that can open it; none for a clear one. */
export const keyLines = (protection: TrackEncryption | undefined, origin: string | undefined): string[] =>
  protection ? keysOf(protection, origin).map((key) => tag('KEY', key)) : []

/**
 * The EXT-X-SESSION-KEY lines of a master playlist: each key once, so that players may fetch licences before they choose. None
 * for whole segments: their keys are 16 bytes each, not worth a request for qualities that are never played.
 */
export function sessionKeyLines(tracks: readonly MediaTrack[], origin: string | undefined): string[] {
  const lines = tracks.flatMap(({ protection }) =>
    protection && protection.scheme !== 'aes-128'
      ? keysOf(protection, origin).map((key) => tag('SESSION-KEY', key))
      : [],
  )
  return [...new Set(lines)]
}

function keysOf(protection: TrackEncryption, origin: string | undefined): Attributes[] {
  if (protection.scheme !== 'aes-128') return systemKeys(protection)
  if (origin === undefined) throw new Error('an AES-128 playlist needs the origin of its keys')
  // Without IV: it is the segment's number in the playlist, which is its number in the film (RFC 8216, 5.2).
  return [{ METHOD: 'AES-128', URI: `"${origin}/v1/license/key/${protection.keyId}"` }]
}

type Sampled = Exclude<TrackEncryption, { scheme: 'aes-128' }>

/** KEYFORMAT strings and URIs as each vendor's HLS guide has them; FairPlay opens `cbcs` alone. */
function systemKeys({ scheme, keyId, pssh }: Sampled): Attributes[] {
  const METHOD = scheme === 'cbcs' ? 'SAMPLE-AES' : 'SAMPLE-AES-CTR'
  const [widevine, playready] = [pssh[SYSTEM_IDS.widevine], pssh[SYSTEM_IDS.playready]]
  const key = (URI: string, KEYFORMAT: string, more: Attributes = {}) => ({
    METHOD,
    URI: `"${URI}"`,
    ...more,
    KEYFORMAT: `"${KEYFORMAT}"`,
    KEYFORMATVERSIONS: '"1"',
  })
  return [
    ...(widevine
      ? [
          key(`data:text/plain;base64,${widevine}`, `urn:uuid:${SYSTEM_IDS.widevine}`, {
            KEYID: `0x${keyId}`,
          }),
        ]
      : []),
    ...(playready
      ? [key(`data:text/plain;charset=UTF-16;base64,${headerObject(playready)}`, 'com.microsoft.playready')]
      : []),
    ...(scheme === 'cbcs' ? [key(`skd://${keyId}`, 'com.apple.streamingkeydelivery')] : []),
  ]
}

const headerObject = (pssh: string) => Buffer.from(psshData(pssh)).toString('base64')
