import type { Encryption, TrackKey } from '../../../core/ports/media.ts'
import type { Scheme } from '../../../core/protection/model.ts'

/** Three keys that no film has. */
export const KEY: TrackKey = {
  keyId: '00112233445566778899aabbccddeeff',
  key: Buffer.from('0123456789abcdef0123456789abcdef', 'hex'),
  iv: Buffer.from('a0a1a2a3a4a5a6a7a8a9aaabacadaeaf', 'hex'),
}
export const OTHER_KEY: TrackKey = {
  keyId: 'ffeeddccbbaa99887766554433221100',
  key: Buffer.from('fedcba9876543210fedcba9876543210', 'hex'),
  iv: Buffer.from('b0b1b2b3b4b5b6b7b8b9babbbcbdbebf', 'hex'),
}
export const SOUND_KEY: TrackKey = {
  keyId: '0f1e2d3c4b5a69788796a5b4c3d2e1f0',
  key: Buffer.from('00000000000000000000000000000001', 'hex'),
  iv: Buffer.from('c0c1c2c3c4c5c6c7c8c9cacbcccdcecf', 'hex'),
}

/** Small pictures and sound. */
export const encrypted = (scheme: Scheme): Encryption => ({ scheme, keys: { SD: KEY, AUDIO: SOUND_KEY } })
