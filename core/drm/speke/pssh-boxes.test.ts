import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { openFolder } from '../../../adapters/ffmpeg/testing/tasks.ts'
import { packageTrack } from '../../../adapters/shaka/packager.ts'
import { protectionOf } from '../../../adapters/shaka/protection.ts'
import { SYSTEM_IDS } from '../../protection/model.ts'
import { psshData } from '../../protection/pssh.ts'
import { keyIdOfGuid } from '../license-key-id.ts'
import { commonPssh, playReadyObject, playReadyPssh, widevinePssh } from './pssh-boxes.ts'

const KEY_ID = '0872786ef9e7465fa3a24e5b0ef8fa45'
const KEY = Buffer.from('00112233445566778899aabbccddeeff', 'hex')
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64')
const headerOf = (scheme: 'cenc' | 'cbcs') =>
  Buffer.from(playReadyObject(KEY_ID, KEY, scheme))
    .subarray(10)
    .toString('utf16le')

describe('boxes for DRM systems', () => {
  it('of Widevine carry key id and scheme', () => {
    // WidevinePsshData as shaka-packager 3.4.2 wrote it for one key: the test below asks the packager itself.
    expect(base64(psshData(base64(widevinePssh([KEY_ID], 'cenc'))))).toBe('EhAIcnhu+edGX6OiTlsO+PpFSOPclZsG')
  })
  it('of the common format list key ids and hold nothing else', () => {
    const box = Buffer.from(commonPssh([KEY_ID]))
    expect([
      box.subarray(12, 28).toString('hex'),
      box.subarray(32, 48).toString('hex'),
      box.byteLength,
    ]).toEqual([SYSTEM_IDS.clearkey.replaceAll('-', ''), KEY_ID, 52])
  })
  it('of PlayReady hold the header object', () => {
    const header = playReadyObject(KEY_ID, KEY, 'cbcs')
    expect(base64(psshData(base64(playReadyPssh(header))))).toBe(base64(header))
  })
  it('of PlayReady say their own length', () => {
    const object = Buffer.from(playReadyObject(KEY_ID, KEY, 'cenc'))
    expect([object.readUInt32LE(0), object.readUInt16LE(8) + 10]).toEqual([
      object.byteLength,
      object.byteLength,
    ])
  })
  it('of PlayReady name the key as a GUID', () => {
    const [, guid = ''] = /VALUE="([^"]+)"/.exec(headerOf('cbcs')) ?? []
    expect(keyIdOfGuid(guid)).toBe(KEY_ID)
  })
  it.each([
    ['cenc', '4.0.0.0'],
    ['cbcs', '4.3.0.0'],
  ] as const)('of PlayReady for %s are of version %s', (scheme, version) => {
    expect(headerOf(scheme)).toContain(`version="${version}"`)
  })
})

/** The boxes that shaka-packager itself writes for the key, by the UUID of their system. */
async function packagersBoxes(scheme: 'cenc' | 'cbcs') {
  await using folder = await openFolder()
  const film = ['-f', 'lavfi', '-i', 'testsrc2=s=64x64:r=25:d=1', '-c:v', 'libx264', '-g', '25']
  await promisify(execFile)('ffmpeg', ['-v', 'error', ...film, join(folder.path, 'film.mp4')])
  const track = {
    folder: folder.path,
    input: 'film.mp4',
    output: 'out',
    stream: 'video',
    segmentSeconds: 1,
  } as const
  const key = { keyId: KEY_ID, key: KEY, iv: Buffer.alloc(16, 1) }
  const { init } = await packageTrack(
    { ...track, cipher: { does: 'encrypt', scheme, key } },
    new AbortController().signal,
  )
  return protectionOf(await readFile(init))?.pssh
}

describe.each(['cenc', 'cbcs'] as const)('boxes for %s', (scheme) => {
  it('are byte for byte those of shaka-packager', async () => {
    expect(await packagersBoxes(scheme)).toEqual({
      [SYSTEM_IDS.clearkey]: base64(commonPssh([KEY_ID])),
      [SYSTEM_IDS.widevine]: base64(widevinePssh([KEY_ID], scheme)),
      [SYSTEM_IDS.playready]: base64(playReadyPssh(playReadyObject(KEY_ID, KEY, scheme))),
    })
  })
})
