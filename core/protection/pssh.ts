/**
 * What a `pssh` box (ISO/IEC 23001-7, 8.1) holds for its system: of Widevine a protobuf, of PlayReady its header object.
 * Throws `RangeError` where the bytes are no such box.
 */
export function psshData(base64: string): Uint8Array {
  const box = Buffer.from(base64, 'base64')
  if (
    box.byteLength < 32 ||
    box.readUInt32BE(0) !== box.byteLength ||
    box.toString('latin1', 4, 8) !== 'pssh'
  )
    throw new RangeError('this is no pssh box')
  // Version 1 lists key ids between the system's id and its data.
  const listed = box[8] === 0 ? 0 : 4 + 16 * box.readUInt32BE(28)
  const at = 28 + listed
  if (at + 4 > box.byteLength || at + 4 + box.readUInt32BE(at) !== box.byteLength)
    throw new RangeError('a pssh box ends elsewhere than it says')
  return box.subarray(at + 4)
}
