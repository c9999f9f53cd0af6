import { copyFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { SYSTEM_IDS } from '../../core/protection/model.ts'
import { madeFilm } from '../ffmpeg/testing/films.ts'
import { KEY } from '../ffmpeg/testing/keys.ts'
import { openFolder } from '../ffmpeg/testing/tasks.ts'
import { MalformedBoxes } from './boxes.ts'
import type { Cipher } from './cipher.ts'
import { packageTrack } from './packager.ts'
import { protectionOf } from './protection.ts'

async function init(cipher?: Cipher): Promise<Buffer> {
  await using folder = await openFolder()
  const input = ['-f', 'lavfi', '-i', 'sine=sample_rate=48000:d=1', '-c:a', 'aac']
  await copyFile(await madeFilm('tone.mp4', input), join(folder.path, 'tone.mp4'))
  const track = { input: 'tone.mp4', output: 'out', stream: 'audio', segmentSeconds: 1 } as const
  const packaged = await packageTrack({ ...track, folder: folder.path, cipher }, new AbortController().signal)
  return readFile(packaged.init)
}

const boxOfSystem = async (cipher: Cipher, system: keyof typeof SYSTEM_IDS): Promise<Buffer> =>
  Buffer.from(protectionOf(await init(cipher))?.pssh[SYSTEM_IDS[system]] ?? '', 'base64')

const CENC: Cipher = { does: 'encrypt', scheme: 'cenc', key: KEY }
const CBCS: Cipher = { does: 'encrypt', scheme: 'cbcs', key: KEY }

it('is absent where the track is clear', async () => {
  expect(protectionOf(await init())).toBeUndefined()
})

it.each([CENC, CBCS])('names the scheme and the key', async (cipher) => {
  expect(protectionOf(await init(cipher))).toMatchObject({ scheme: cipher.scheme, keyId: KEY.keyId })
})

// Version 1 of the W3C's common system: its key ids stand in the box (https://www.w3.org/TR/eme-initdata-cenc/).
it('gives the whole common box', async () => {
  const head = `0000003470737368010000001077efecc0b24d02ace33c1e52e2fb4b00000001`
  expect((await boxOfSystem(CBCS, 'clearkey')).toString('hex')).toBe(`${head}${KEY.keyId}00000000`)
})

// Field 2 of Widevine's data is a key id, field 9 the four characters of the scheme, big end first.
it.each([CENC, CBCS])('gives a Widevine box of this scheme', async (cipher) => {
  const data = (await boxOfSystem(cipher, 'widevine')).subarray(32).toString('hex')
  const scheme = { cenc: '48e3dc959b06', cbcs: '48f3c6899b06' }[
    cipher.does === 'encrypt' ? cipher.scheme : 'cenc'
  ]
  expect(data).toBe(`1210${KEY.keyId}${scheme}`)
})

it.each([
  [CENC, 'version="4.0.0.0"', 'AESCTR'],
  [CBCS, 'version="4.3.0.0"', 'AESCBC'],
] as const)('gives a PlayReady header of this scheme', async (cipher, version, algorithm) => {
  const header = (await boxOfSystem(cipher, 'playready')).subarray(32).toString('utf16le')
  expect(header).toContain(version)
  expect(header).toContain(algorithm)
})

it('has nothing of the key in the init segment', async () => {
  expect((await init(CBCS)).includes(Buffer.from(KEY.key))).toBe(false)
})

it('refuses a scheme that we do not make', async () => {
  const other = Buffer.from((await init(CBCS)).toString('latin1').replace('cbcs', 'cens'), 'latin1')
  expect(() => protectionOf(other)).toThrow(MalformedBoxes)
})
