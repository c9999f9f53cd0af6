import type { Playback } from '../../../core/video/wire.ts'
import { PLAYBACK_HEADER } from '../kit/http.ts'

type Licenses = Playback['licenses']

/** Names that browsers give the systems; the better keeper of keys comes first, and Clear Key where there is no other. */
const KEY_SYSTEMS = {
  widevine: 'com.widevine.alpha',
  playready: 'com.microsoft.playready',
  fairplay: 'com.apple.fps',
  clearkey: 'org.w3.clearkey',
} as const satisfies Record<keyof Licenses, string>
type System = keyof typeof KEY_SYSTEMS
const SYSTEMS = Object.keys(KEY_SYSTEMS) as System[]

/** What shaka-player is told of where licences come from. */
export function drmConfigOf(licenses: Licenses) {
  const there = SYSTEMS.filter((system) => licenses[system])
  const servers = there.map((system) => [KEY_SYSTEMS[system], licenses[system]?.url ?? ''] as const)
  const certificate = licenses.fairplay?.certificateUrl
  return {
    servers: Object.fromEntries(servers),
    preferredKeySystems: there.map((system) => KEY_SYSTEMS[system]),
    ...(certificate && { advanced: { [KEY_SYSTEMS.fairplay]: { serverCertificateUri: certificate } } }),
  }
}

/** Gives a request for a licence what its server asks for. Our token goes to those alone that want it, as it is now. */
export function addLicenseHeaders(
  request: { readonly uris: readonly string[]; readonly headers: Record<string, string> },
  licenses: Licenses,
  token: () => string,
): void {
  for (const server of Object.values(licenses)) {
    if (!request.uris.some((uri) => uri === server.url || uri === server.certificateUrl)) continue
    for (const [name, value] of Object.entries(server.headers))
      request.headers[name] = name.toLowerCase() === PLAYBACK_HEADER ? token() : value
  }
}
