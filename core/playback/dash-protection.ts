import type { TrackProtection } from '../ports/media.ts'
import { SYSTEM_IDS } from '../protection/model.ts'
import { psshData } from '../protection/pssh.ts'
import type { TrackEncryption } from './film-tracks.ts'
import { element, type Xml } from './xml.ts'

/** Namespaces of what stands inside ContentProtection; the MPD's element names them. */
export const PROTECTION_NAMESPACES = {
  'xmlns:cenc': 'urn:mpeg:cenc:2013',
  'xmlns:mspr': 'urn:microsoft:playready',
  'xmlns:dashif': 'https://dashif.org/CPS',
}

/** The scheme of Clear Key in manifests; in `pssh` boxes it is the common one (dashif.org/identifiers/content_protection). */
const CLEAR_KEY = 'urn:uuid:e2719d58-a985-b3c9-781a-b030af78d30e'

/** The ContentProtection elements of an adaptation set: what is encrypted how, and who may open it. None for a clear one. */
export function contentProtection(
  protection: TrackEncryption | undefined,
  origin: string | undefined,
): Xml[] {
  if (!protection) return []
  if (protection.scheme === 'aes-128') throw new Error('DASH has no whole segments encrypted')
  if (origin === undefined)
    throw new Error('the manifest of a protected film needs the origin of its licences')
  const laurl = element('dashif:Laurl', { licenseType: 'EME-1.0' }, `${origin}/v1/license/clearkey`)
  const common = { schemeIdUri: 'urn:mpeg:dash:mp4protection:2011', value: protection.scheme }
  return [
    element('ContentProtection', { ...common, 'cenc:default_KID': uuidOf(protection.keyId) }),
    ...widevine(protection),
    ...playready(protection),
    element('ContentProtection', { schemeIdUri: CLEAR_KEY, value: 'ClearKey1.0' }, [laurl]),
  ]
}

function widevine({ pssh }: TrackProtection): Xml[] {
  const box = pssh[SYSTEM_IDS.widevine]
  return box ? [system(SYSTEM_IDS.widevine, 'Widevine', [element('cenc:pssh', {}, box)])] : []
}

function playready({ pssh }: TrackProtection): Xml[] {
  const box = pssh[SYSTEM_IDS.playready]
  if (!box) return []
  const header = Buffer.from(psshData(box)).toString('base64')
  const body = [element('cenc:pssh', {}, box), element('mspr:pro', {}, header)]
  return [system(SYSTEM_IDS.playready, 'MSPR 2.0', body)]
}

const system = (id: string, value: string, body: readonly Xml[]) =>
  element('ContentProtection', { schemeIdUri: `urn:uuid:${id}`, value }, body)

/** `34e5db32-8625-47cd-ba06-68fca0655a72` of 32 hex digits. */
const uuidOf = (keyId: string) => keyId.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
