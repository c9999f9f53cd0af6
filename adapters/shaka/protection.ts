import type { TrackProtection } from '../../core/ports/media.ts'
import { isScheme, type Protection, type Scheme } from '../../core/protection/model.ts'
import { type Box, boxesIn, boxOf, MalformedBoxes } from './boxes.ts'
import { sampleEntryOf, schemeInformationOf } from './codecs.ts'

/**
 * How an init segment says that its track is encrypted (ISO/IEC 23001-7, 4 and 8); absent for a clear one.
 * Throws `MalformedBoxes` for another scheme than `cenc` and `cbcs`.
 */
export function protectionOf(init: Uint8Array): TrackProtection | undefined {
  const entry = sampleEntryOf(init)
  const sinf = entry && schemeInformationOf(init, entry)
  if (!sinf) return undefined
  const tenc = boxOf(init, ['schi', 'tenc'], sinf)
  const keyId = hex(init, tenc.content + 8, 16)
  return { scheme: schemeOf(init, boxOf(init, ['schm'], sinf)), keyId, pssh: systemsOf(init) }
}

function schemeOf(init: Uint8Array, { content }: Box): Scheme {
  const type = String.fromCharCode(...init.subarray(content + 4, content + 8)) as Protection
  if (!isScheme(type)) throw new MalformedBoxes(`protection scheme ${type}`)
  return type
}

function systemsOf(init: Uint8Array): Record<string, string> {
  const { content, end } = boxOf(init, ['moov'])
  const boxes = boxesIn(init, content, end).filter((box) => box.type === 'pssh')
  return Object.fromEntries(
    boxes.map((box) => [
      uuid(hex(init, box.content + 4, 16)),
      Buffer.from(init.subarray(box.start, box.end)).toString('base64'),
    ]),
  )
}

const hex = (bytes: Uint8Array, at: number, length: number): string =>
  Buffer.from(bytes.subarray(at, at + length)).toString('hex')

const uuid = (digits: string): string => digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
