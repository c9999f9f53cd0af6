import { createHmac } from 'node:crypto'
import {
  type LicenseServer,
  openLicenseServer,
  type ServerAnswer,
  type ServerCall,
} from './license-server.ts'

const ENTITLEMENT_KEY = 'T8ZVg0nUBhG4cKt9yQmWAnBLVxYbV0cGkG1jJrVfY1w'
const ACTION = '"http://schemas.microsoft.com/DRM/2007/03/protocols/AcquireLicense"'

export interface PlayReadyServer extends LicenseServer {
  /** Value of the secret `playready`, by mode. */
  readonly secrets: { readonly entitlement: string; readonly 'test-cfg': string }
  /** Claims of the entitlements that were signed rightly. */
  readonly entitlements: readonly Readonly<Record<string, unknown>>[]
  /** What it answers instead. */
  instead: ServerAnswer | undefined
}

/** Stands in for a PlayReady server: wants the SOAP action, and either a signed entitlement or `cfg=`. */
export async function openPlayReadyServer(): Promise<PlayReadyServer> {
  const entitlements: Record<string, unknown>[] = []
  const answer = ({ headers, path }: ServerCall): ServerAnswer => {
    if (facts.instead) return facts.instead
    if (headers.soapaction !== ACTION || !headers['content-type']?.startsWith('text/xml'))
      return fault('0x8004C065')
    if (path.startsWith('/test?cfg=')) return soap('a licence of the test server')
    const claims = claimsOf(String(headers['x-skyreel-entitlement']))
    if (!claims) return fault('0x8004C600')
    entitlements.push(claims)
    return soap('a licence')
  }
  const server = await openLicenseServer(answer)
  const own = {
    mode: 'entitlement',
    url: `${server.origin}/rightsmanager.asmx`,
    entitlementKey: ENTITLEMENT_KEY,
  }
  const secrets = {
    entitlement: JSON.stringify(own),
    'test-cfg': JSON.stringify({ mode: 'test-cfg', url: `${server.origin}/test` }),
  }
  const facts: PlayReadyServer = Object.assign(server, { secrets, entitlements, instead: undefined })
  return facts
}

function claimsOf(token: string): Record<string, unknown> | undefined {
  const [head = '', body = '', signature] = token.split('.')
  const key = Buffer.from(ENTITLEMENT_KEY, 'base64url')
  if (createHmac('sha256', key).update(`${head}.${body}`).digest('base64url') !== signature) return undefined
  return JSON.parse(Buffer.from(body, 'base64url').toString())
}

const soap = (text: string): ServerAnswer => ({
  ...{ status: 200, type: 'text/xml; charset=utf-8' },
  body: `<soap:Envelope><soap:Body><License>${text}</License></soap:Body></soap:Envelope>`,
})
export const fault = (code: string): ServerAnswer => ({
  ...{ status: 500, type: 'text/xml; charset=utf-8' },
  body: `<soap:Fault><detail><Exception><StatusCode>${code}</StatusCode></Exception></detail></soap:Fault>`,
})

const header43 = (kids: readonly string[]) =>
  `<WRMHEADER xmlns="http://schemas.microsoft.com/DRM/2007/03/PlayReadyHeader" version="4.3.0.0"><DATA><PROTECTINFO><KIDS>${kids
    .map((kid) => `<KID ALGID="AESCBC" VALUE="${kid}"></KID>`)
    .join('')}</KIDS></PROTECTINFO></DATA></WRMHEADER>`

/** A licence request around a header, as a PlayReady client writes it; without the parts that only the server reads. */
export const acquireLicense = (header: string): string =>
  `<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><AcquireLicense xmlns="http://schemas.microsoft.com/DRM/2007/03/protocols"><challenge><Challenge xmlns="http://schemas.microsoft.com/DRM/2007/03/protocols/messages"><LA Id="SignedData" xml:space="preserve"><Version>1</Version><ContentHeader>${header}</ContentHeader><CLIENTINFO><CLIENTVERSION>10.0.16384.10011</CLIENTVERSION></CLIENTINFO></LA></Challenge></challenge></AcquireLicense></soap:Body></soap:Envelope>`

/** Of key ids (32 hex digits), written as GUIDs are. */
export const playReadyChallenge = (...keyIds: readonly string[]): string =>
  acquireLicense(header43(keyIds.map(guidBase64)))

function guidBase64(keyId: string): string {
  const [a, b, c, rest] = [keyId.slice(0, 8), keyId.slice(8, 12), keyId.slice(12, 16), keyId.slice(16)]
  const little = (hex: string) => (hex.match(/../g) ?? []).reverse().join('')
  return Buffer.from(little(a) + little(b) + little(c) + rest, 'hex').toString('base64')
}
