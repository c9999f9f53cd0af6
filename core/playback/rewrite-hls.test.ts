import { describe, expect, it } from 'vitest'
import { hasVariants, keepLabels, playlistsIn, rewriteHls } from './rewrite-hls.ts'

const MASTER = `#EXTM3U
#EXT-X-VERSION:7
#EXT-X-SESSION-KEY:METHOD=SAMPLE-AES,URI="skd://aa",KEYFORMAT="com.apple.streamingkeydelivery"
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="a.m3u8, or so",URI="audio-0-en/index.7.m3u8"
#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="captions",NAME="English",URI="captions-en.7.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=2,CODECS="avc1.4d401f,mp4a.40.2",RESOLUTION=1024x576
576p/index.7.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=4,RESOLUTION=608x1080
1080p/index.7.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=8,RESOLUTION=3840x2160
2160p/index.7.m3u8
#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=1,RESOLUTION=1024x576,URI="576p/iframes.7.m3u8"
#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=1,RESOLUTION=3840x2160,URI="2160p/iframes.7.m3u8"
`
const SOUND = `#EXTM3U
#EXT-X-STREAM-INF:BANDWIDTH=2,CODECS="mp4a.40.2"
audio-0-en/index.7.m3u8
`
const KEY_ID = '00112233445566778899aabbccddeeff'

const rewritten = (text: string) =>
  rewriteHls(text, {
    key: 'v/1/720p/index.7.m3u8',
    prefix: 'v/1/',
    sign: async (file) => `https://cdn/${file}?signed`,
    keyUrl: (keyId) => `https://api/${keyId}?token=t`,
  })

describe('a master playlist', () => {
  it.each([
    [['AUDIO', 'SD'], ['576p']],
    [
      ['AUDIO', 'SD', 'HD'],
      ['576p', '1080p'],
    ],
    [
      ['AUDIO', 'SD', 'HD', 'UHD'],
      ['576p', '1080p', '2160p'],
    ],
  ] as const)('has with %s the rungs %s, by their shorter side', (labels, rungs) => {
    const names = [...playlistsIn(keepLabels(MASTER, labels))].filter((name) =>
      name.endsWith('p/index.7.m3u8'),
    )
    expect(names).toEqual(rungs.map((rung) => `${rung}/index.7.m3u8`))
  })
  it('loses the key frames of a rung with it', () => {
    expect(
      [...playlistsIn(keepLabels(MASTER, ['AUDIO', 'SD']))].filter((name) => name.includes('iframes')),
    ).toEqual(['576p/iframes.7.m3u8'])
  })
  it('announces no keys once a rung is left out, for a player would ask for them all', () => {
    const texts = [keepLabels(MASTER, ['AUDIO', 'SD']), keepLabels(MASTER, ['AUDIO', 'SD', 'HD', 'UHD'])]
    expect(texts.map((text) => text.includes('SESSION-KEY'))).toEqual([false, true])
  })
  it('keeps sound and captions with every quality', () => {
    const names = playlistsIn(keepLabels(MASTER, ['AUDIO', 'SD']))
    expect([names.has('audio-0-en/index.7.m3u8'), names.has('captions-en.7.m3u8')]).toEqual([true, true])
  })
  it('has nothing to play where no quality is left', () => {
    expect([['AUDIO'] as const, ['SD'] as const].map((l) => hasVariants(keepLabels(MASTER, l)))).toEqual([
      false,
      true,
    ])
  })
  it('of sound alone has its variant by that label', () => {
    expect(hasVariants(keepLabels(SOUND, ['AUDIO']))).toBe(true)
  })
  it('names no playlist but by its own URIs', () => {
    expect([...playlistsIn(MASTER)].filter((name) => name.includes(' or so'))).toEqual([])
  })
})

describe('a rewritten playlist', () => {
  it.each([`http://localhost:8080/v1/license/key/${KEY_ID}`, `/v1/license/key/${KEY_ID}`])(
    'names an AES-128 key with the token: %s',
    async (uri) => {
      expect(await rewritten(`#EXT-X-KEY:METHOD=AES-128,URI="${uri}",IV=0x01\n`)).toBe(
        `#EXT-X-KEY:METHOD=AES-128,URI="https://api/${KEY_ID}?token=t",IV=0x01\n`,
      )
    },
  )
  it.each(['skd://00112233', 'data:text/plain;base64,AAAANHBzc2g='])(
    'leaves another system’s key alone: %s',
    async (uri) => {
      const line = `#EXT-X-KEY:METHOD=SAMPLE-AES,URI="${uri}",KEYFORMAT="x"\n`
      expect(await rewritten(line)).toBe(line)
    },
  )
  it('names init and segments by what is signed', async () => {
    expect(await rewritten('#EXT-X-MAP:URI="init.mp4"\n#EXTINF:4,\n1.m4s\n')).toBe(
      '#EXT-X-MAP:URI="https://cdn/720p/init.mp4?signed"\n#EXTINF:4,\nhttps://cdn/720p/1.m4s?signed\n',
    )
  })
})
