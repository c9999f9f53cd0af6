import { decodeUtf8 } from '../http/json-body.ts'
import type { HttpRequest } from '../http/request.ts'
import { keyIdOf } from './license-key-id.ts'
import { challengeRefused } from './license-upstream.ts'

export interface FairPlayRequest {
  readonly spc: Uint8Array
  /** Where the player says which; without it the module picks the key that the SPC names. */
  readonly keyId?: string
  /** Came as a form, as players after Apple's sample send it, and is answered in its way. */
  readonly form: boolean
}

const FORM = 'application/x-www-form-urlencoded'

/** An SPC as bytes, or as `spc=` (base64) of a form; the key by `assetId`, in form or query. Throws 422. */
export function readFairPlayRequest({ body, headers, query }: HttpRequest): FairPlayRequest {
  const form = (headers['content-type'] ?? '').toLowerCase().startsWith(FORM)
  const fields = form ? new URLSearchParams(decodeUtf8(body)) : undefined
  const spc = fields ? spcOf(fields.get('spc') ?? '') : body
  if (spc.byteLength === 0) throw challengeRefused('There is no SPC.')
  const asset = fields?.get('assetId') ?? query.get('assetId')
  return { spc, form, ...(asset === null ? {} : { keyId: keyIdOfAsset(asset) }) }
}

/** Players that do not encode the plus signs of base64 send what a form reads as spaces. */
function spcOf(text: string): Uint8Array {
  const base64 = text.replaceAll(' ', '+')
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(base64)) throw challengeRefused('The SPC is not base64.')
  return Buffer.from(base64, 'base64')
}

function keyIdOfAsset(asset: string): string {
  const keyId = keyIdOf(asset.replace(/^skd:\/\//, ''))
  if (keyId === undefined) throw challengeRefused('assetId is not skd:// and a key id.')
  return keyId
}
