import { boxesIn, boxOf, viewOf } from '../boxes.ts'

/** The IV of each sample of a `cenc` segment in hex: 8 bytes, the high half of its counter (ISO/IEC 23001-7, 7.2). */
export function sampleIvs(segment: Uint8Array): string[] {
  return boxesIn(segment)
    .filter(({ type }) => type === 'moof')
    .flatMap((moof) => {
      const { content } = boxOf(segment, ['traf', 'senc'], moof)
      const view = viewOf(segment)
      const withSubsamples = (view.getUint32(content) & 2) !== 0
      let at = content + 8
      return Array.from({ length: view.getUint32(content + 4) }, () => {
        const iv = Buffer.from(segment.subarray(at, at + 8)).toString('hex')
        at += 8
        if (withSubsamples) at += 2 + 6 * view.getUint16(at)
        return iv
      })
    })
}
