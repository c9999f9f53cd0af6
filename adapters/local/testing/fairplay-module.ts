import { jsonAnswer, type LicenseServer, openLicenseServer, type ServerCall } from './license-server.ts'

export interface FairPlayModule extends LicenseServer {
  /** Value of the secret `fairplay`. */
  readonly secret: string
  /** What it was asked, in order. */
  readonly asked: readonly ModuleCall[]
}
export interface ModuleCall {
  readonly spc: string
  readonly keys: readonly { readonly assetId: string; readonly key: string; readonly iv: string }[]
  readonly leaseSeconds: number
  readonly persistUntil?: string
}

export const APP_CERTIFICATE = 'an application certificate'
/** Bytes that no UTF-8 has. */
export const CKC = Uint8Array.of(0xff, 0xfe, 0x00, 0x01)
/** An SPC that the module takes. */
export const SPC = Buffer.from('SPC of a device')

/** Stands in for an operator's key security module: takes what docs/drm.md says, from whoever has its key. */
export async function openFairPlayModule(): Promise<FairPlayModule> {
  const asked: ModuleCall[] = []
  const answer = ({ headers, body }: ServerCall) => {
    if (headers['x-module-key'] !== 'of the operator') return jsonAnswer(401, {})
    const call = JSON.parse(body.toString()) as ModuleCall
    if (!Buffer.from(call.spc, 'base64').subarray(0, 3).equals(SPC.subarray(0, 3))) return jsonAnswer(422, {})
    asked.push(call)
    return jsonAnswer(200, { ckc: Buffer.from(CKC).toString('base64') })
  }
  const server = await openLicenseServer(answer)
  const secret = JSON.stringify({
    url: `${server.origin}/ckc`,
    headers: { 'x-module-key': 'of the operator' },
    certificate: Buffer.from(APP_CERTIFICATE).toString('base64'),
  })
  return Object.assign(server, { secret, asked })
}
