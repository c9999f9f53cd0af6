import { createDecipheriv, createHash } from 'node:crypto'
import { jsonAnswer, type LicenseServer, openLicenseServer, type ServerCall } from './license-server.ts'

/** Published with Shaka Packager for everybody's tests: docs/source/tutorials/widevine.rst. */
export const TEST_SIGNER = {
  provider: 'widevine_test',
  signer: 'widevine_test',
  key: '1ae8ccd0e7985cc0b6203a55855a1034afc252980e970ca90e5202689f947ab9',
  iv: 'd58ce954203b7c9a9a9d467f59839249',
}

/** The message, as far as the stand-in goes by it. */
export interface WidevineCall {
  readonly payload: string
  readonly provider: string
  readonly content_id?: string
  readonly allowed_track_types?: string
  readonly content_key_specs?: readonly {
    readonly track_type: string
    readonly key_id: string
    readonly key: string
    readonly security_level: number
    readonly required_output_protection: { readonly hdcp: string }
  }[]
  readonly policy_overrides?: Readonly<Record<string, unknown>>
}

export interface WidevineServer extends LicenseServer {
  /** Value of the secret `widevine` for it. */
  readonly secret: string
  /** What was signed rightly, in order. */
  readonly messages: readonly WidevineCall[]
  /** What it answers instead; `'hang-up'`: nothing. */
  instead: 'hang-up' | { readonly status: number; readonly body: string } | undefined
}

/** A licence request of a device that proves this level (L1 in hardware, L3 in software), as the stand-in reads it. */
export const challengeOf = (level: 'L1' | 'L3', more = ''): Uint8Array =>
  Buffer.concat([Buffer.from([0x08, 0x01, 0x12]), Buffer.from(`${level}${more}`)])

/** SignedMessage of type SERVICE_CERTIFICATE_REQUEST. */
export const CERTIFICATE_REQUEST = Uint8Array.of(0x08, 0x04)
export const SERVICE_CERTIFICATE = 'the certificate of the service'

/**
 * Stands in for Widevine's licence service: verifies signer, provider and signature by decrypting it, which is not how we make
 * it, and gives keys only to devices that prove their level. A licence says the kinds of tracks that it has keys of.
 */
export async function openWidevineServer(): Promise<WidevineServer> {
  const messages: WidevineCall[] = []
  const answer = (call: ServerCall) => {
    const { instead } = facts
    if (instead === 'hang-up') return undefined
    if (instead) return { ...jsonAnswer(instead.status, {}), body: instead.body }
    const opened = open(call)
    if (typeof opened === 'string') return jsonAnswer(200, { status: opened })
    messages.push(opened)
    return jsonAnswer(200, licenseFor(opened))
  }
  const server = await openLicenseServer(answer)
  const url = `${server.origin}/cenc/getlicense/${TEST_SIGNER.provider}`
  const more = { secret: JSON.stringify({ url, ...TEST_SIGNER }), messages, instead: undefined }
  const facts: WidevineServer = Object.assign(server, more)
  return facts
}

function open({ path, headers, body }: ServerCall): WidevineCall | string {
  if (path !== `/cenc/getlicense/${TEST_SIGNER.provider}`) return 'PROVIDER_UNKNOWN'
  if (headers['content-type'] !== 'application/json') return 'INVALID_REQUEST'
  const { request, signature, signer, ...rest } = JSON.parse(body.toString()) as Record<string, string>
  if (signer !== TEST_SIGNER.signer || Object.keys(rest).length > 0) return 'SIGNATURE_FAILED'
  const message = Buffer.from(request ?? '', 'base64')
  if (hashIn(signature ?? '') !== createHash('sha1').update(message).digest('hex')) return 'SIGNATURE_FAILED'
  const said = JSON.parse(message.toString()) as WidevineCall
  if (said.provider !== TEST_SIGNER.provider) return 'PROVIDER_UNKNOWN'
  return said.content_key_specs && said.allowed_track_types ? 'TRACK_TYPES_TWICE' : said
}

/** `undefined` where it does not open with our key. */
function hashIn(signature: string): string | undefined {
  const [key, iv] = [Buffer.from(TEST_SIGNER.key, 'hex'), Buffer.from(TEST_SIGNER.iv, 'hex')]
  const cipher = createDecipheriv('aes-256-cbc', key, iv)
  try {
    return cipher.update(signature, 'base64', 'hex') + cipher.final('hex')
  } catch {
    return undefined
  }
}

function licenseFor({ payload, content_key_specs = [] }: WidevineCall) {
  const challenge = Buffer.from(payload, 'base64')
  if (challenge.equals(CERTIFICATE_REQUEST)) return license(SERVICE_CERTIFICATE)
  if (!challenge.subarray(0, 3).equals(Buffer.from([0x08, 0x01, 0x12])))
    return { status: 'INVALID_LICENSE_CHALLENGE' }
  const most = challenge.subarray(3, 5).toString() === 'L1' ? 5 : 1
  const given = content_key_specs.filter(({ security_level }) => security_level <= most)
  return license(given.map(({ track_type }) => track_type).join())
}

const license = (text: string) => ({
  status: 'OK',
  license: Buffer.from(text).toString('base64'),
  security_level: 1,
})
