import { describe, expect, it } from 'vitest'
import { readMpd } from './dash.ts'
import { readMaster, readMediaPlaylist } from './hls.ts'

const BASE = 'http://host/media/grant/videos/vid_1/g1/master.1.m3u8'
const MASTER = `#EXTM3U
#EXT-X-VERSION:7
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="English, stereo",LANGUAGE="en",URI="audio-0-en/index.1.m3u8"
#EXT-X-MEDIA:TYPE=CLOSED-CAPTIONS,GROUP-ID="cc",NAME="none",INSTREAM-ID="CC1"
#EXT-X-STREAM-INF:BANDWIDTH=900000,AVERAGE-BANDWIDTH=700000,CODECS="avc1.64001e,mp4a.40.2",RESOLUTION=640x360,AUDIO="audio"
360p/index.1.m3u8
#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=90000,RESOLUTION=640x360,URI="360p/iframes.1.m3u8"
`

describe('the HLS reader', () => {
  it('finds variants with size, rate and codecs', () => {
    expect(readMaster(MASTER, BASE).variants).toEqual([
      {
        url: 'http://host/media/grant/videos/vid_1/g1/360p/index.1.m3u8',
        width: 640,
        height: 360,
        averageBps: 700_000,
        codecs: 'avc1.64001e,mp4a.40.2',
      },
    ])
  })
  it('finds the playlists of groups, with a comma inside a quoted name', () => {
    expect(readMaster(MASTER, BASE).media).toEqual([
      {
        type: 'AUDIO',
        name: 'English, stereo',
        url: 'http://host/media/grant/videos/vid_1/g1/audio-0-en/index.1.m3u8',
      },
    ])
  })
  it('finds the I-frame playlists', () => {
    expect(readMaster(MASTER, BASE).iframes).toEqual([
      'http://host/media/grant/videos/vid_1/g1/360p/iframes.1.m3u8',
    ])
  })
  it('reads init, segments and the end of a media playlist', () => {
    const text =
      '#EXTM3U\n#EXT-X-MAP:URI="init.mp4"\n#EXTINF:4.000,\n1.m4s\n#EXTINF:1.5,\n2.m4s\n#EXT-X-ENDLIST\n'
    expect(readMediaPlaylist(text, 'http://host/a/index.m3u8')).toEqual({
      init: { url: 'http://host/a/init.mp4' },
      segments: [
        { url: 'http://host/a/1.m4s', seconds: 4 },
        { url: 'http://host/a/2.m4s', seconds: 1.5 },
      ],
      ended: true,
    })
  })
  it('goes on with a byte range where the one before ended', () => {
    const text =
      '#EXTM3U\n#EXTINF:1,\n#EXT-X-BYTERANGE:100@50\n1.m4s\n#EXTINF:1,\n#EXT-X-BYTERANGE:20\n1.m4s\n'
    expect(readMediaPlaylist(text, 'http://host/a.m3u8').segments.map((s) => s.range)).toEqual([
      { offset: 50, length: 100 },
      { offset: 150, length: 20 },
    ])
  })
  it('refuses what is no playlist', () => {
    expect(() => readMaster('<html>', BASE)).toThrow('not a playlist')
  })
})

const mpd = (inside: string) =>
  `<?xml version="1.0"?><!-- <Period> --><MPD mediaPresentationDuration="PT1M2.5S"><Period>${inside}</Period></MPD>`

describe('the DASH reader', () => {
  it('expands a timeline with repetitions into numbered segments', () => {
    const text = mpd(`<AdaptationSet><Representation id="360p" bandwidth="7">
      <SegmentTemplate timescale="90" startNumber="1" initialization="360p/init.mp4" media="360p/$Number$.m4s">
        <SegmentTimeline><S t="0" d="360" r="1"/><S d="100"/></SegmentTimeline></SegmentTemplate></Representation></AdaptationSet>`)
    expect(readMpd(text, 'http://host/a/manifest.mpd')).toEqual([
      {
        id: '360p',
        init: 'http://host/a/360p/init.mp4',
        segments: ['http://host/a/360p/1.m4s', 'http://host/a/360p/2.m4s', 'http://host/a/360p/3.m4s'],
      },
    ])
  })
  it('takes the template of the adaptation set, with padded numbers and times', () => {
    const text =
      mpd(`<AdaptationSet><SegmentTemplate media="$RepresentationID$/$Number%03d$-$Time$.m4s" startNumber="5">
      <SegmentTimeline><S t="10" d="4"/><S d="4"/></SegmentTimeline></SegmentTemplate><Representation id="v"/></AdaptationSet>`)
    expect(readMpd(text, 'http://host/')[0]?.segments).toEqual([
      'http://host/v/005-10.m4s',
      'http://host/v/006-14.m4s',
    ])
  })
  it('counts segments of one duration to the end of the film', () => {
    const text = mpd(
      '<AdaptationSet><Representation id="v"><SegmentTemplate timescale="10" duration="300" media="$Number$"/></Representation></AdaptationSet>',
    )
    expect(readMpd(text, 'http://host/')[0]?.segments).toEqual([
      'http://host/1',
      'http://host/2',
      'http://host/3',
    ])
  })
  it('takes a BaseURL alone as one file, unescaped', () => {
    const text = mpd(
      '<AdaptationSet><Representation id="t"><BaseURL>captions-en.vtt?a=1&amp;b=2</BaseURL></Representation></AdaptationSet>',
    )
    expect(readMpd(text, 'http://host/x/m.mpd')[0]?.segments).toEqual([
      'http://host/x/captions-en.vtt?a=1&b=2',
    ])
  })
  it('refuses what is no MPD', () => {
    expect(() => readMpd('<html/>', 'http://host/')).toThrow('not an MPD')
  })
})
