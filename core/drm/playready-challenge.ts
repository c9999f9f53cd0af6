import { keyIdOfGuid } from './license-key-id.ts'
import { challengeRefused } from './license-upstream.ts'

/** Header `soapaction` of a licence request: SOAP servers answer nothing without it. */
export const ACQUIRE_LICENSE = '"http://schemas.microsoft.com/DRM/2007/03/protocols/AcquireLicense"'

const MOST_KEYS = 16

/**
 * Key ids that a PlayReady licence request (SOAP, AcquireLicense) asks for: those of its headers, in all versions from 4.0 to 4.3.
 * Only they are vouched for, so it does not matter what another reader might find. Throws 422 for anything else.
 * https://learn.microsoft.com/playready/specifications/playready-header-specification
 */
export function playReadyKeyIds(soap: string): readonly string[] {
  // Comments, CDATA, document types and entities: a challenge has none, and each could hide something from us.
  if (soap.includes('<!')) throw challengeRefused('A licence request has no comments and no document type.')
  if (!/<(?:\w{1,20}:)?AcquireLicense[\s>]/.test(soap))
    throw challengeRefused('The body is not AcquireLicense of PlayReady.')
  const keyIds = new Set(headersOf(soap).flatMap(keyIdsOf))
  if (keyIds.size === 0) throw challengeRefused('The licence request names no key.')
  if (keyIds.size > MOST_KEYS) throw challengeRefused(`A licence request may name ${MOST_KEYS} keys at most.`)
  return [...keyIds]
}

const [BEGIN, END] = ['<WRMHEADER', '</WRMHEADER>']

function headersOf(soap: string): string[] {
  const headers: string[] = []
  for (let at = soap.indexOf(BEGIN); at >= 0; at = soap.indexOf(BEGIN, at)) {
    const end = soap.indexOf(END, at)
    if (end < 0) throw challengeRefused('A header of the licence request has no end.')
    headers.push(soap.slice(at, end))
    if (headers.length > MOST_KEYS) throw challengeRefused('The licence request has too many headers.')
    at = end
  }
  return headers
}

/** `<KID>base64</KID>` in 4.0, `<KID VALUE="base64" ...>` since. Bounded, so that no text makes it look twice at much. */
const KID = /<KID(?:\s([^<>]{0,300}))?>(?:([^<]{0,100})<\/KID>)?/g

function keyIdsOf(header: string): string[] {
  const found = [...header.matchAll(KID)].map(([, attributes = '', text = '']) => {
    const value = /(?:^|\s)VALUE="([^"]{0,100})"/.exec(attributes)?.[1] ?? text.trim()
    return keyIdOfGuid(value)
  })
  const readable = found.filter((id) => id !== undefined)
  // One that we cannot read could be read by the server.
  if (readable.length !== (header.match(/<KID[\s>/]/g)?.length ?? 0))
    throw challengeRefused('A key id of the licence request is not base64 of 16 bytes.')
  return readable
}
