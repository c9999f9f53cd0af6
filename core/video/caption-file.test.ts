import { describe, expect, it } from 'vitest'
import { Problem } from '../http/problem.ts'
import { readCaptionFile } from './caption-file.ts'

const HEAD = 'WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000\n\n'
const bytes = (text: string) => new TextEncoder().encode(text)
const vtt = (text: string) => readCaptionFile(bytes(text), 'text/vtt')
const srt = (text: string) => readCaptionFile(bytes(text), 'application/x-subrip')
/** What stands behind our header. */
const body = (file: { vtt: string }) => file.vtt.slice(HEAD.length)

function refusal(read: () => unknown) {
  try {
    read()
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    const { status, code, errors } = error.facts
    const line = /^line (\d+): /.exec(errors?.[0]?.message ?? '')?.[1]
    return { status, rule: errors?.[0]?.rule ?? code, line: line === undefined ? undefined : Number(line) }
  }
}

function utf16(text: string, { bigEndian }: { bigEndian: boolean }): Uint8Array {
  const view = new DataView(new ArrayBuffer(2 * text.length + 2))
  for (const [index, char] of [...`\ufeff${text}`].entries())
    view.setUint16(2 * index, char.charCodeAt(0), !bigEndian)
  return new Uint8Array(view.buffer)
}

describe('WebVTT', () => {
  const GOOD =
    'WEBVTT - my film\nKind: captions\n\nNOTE made by hand\n\nSTYLE\n::cue { color: red }\n\nfirst\n00:01.000 --> 00:02.500 align:left\n<v Ann>Hi\n\n100:00:00.000 --> 100:00:01.000\n- a\n- b\n'

  it('keeps its blocks and gets a header for HLS', () => {
    expect(vtt(GOOD).vtt).toBe(HEAD + GOOD.slice(GOOD.indexOf('NOTE')))
  })

  it('counts cues, not comments and styles', () => {
    expect(vtt(GOOD).cues).toBe(2)
  })

  it.each(['\r\n', '\r'])('may end its lines with %j', (end) => {
    expect(vtt(GOOD.replaceAll('\n', end)).vtt).toBe(vtt(GOOD).vtt)
  })

  it('may begin with a byte order mark', () => {
    expect(vtt(`\ufeff${GOOD}`).vtt).toBe(vtt(GOOD).vtt)
  })

  it('replaces a time stamp map of another stream', () => {
    const text = 'WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:900000,LOCAL:00:00:00.000\n\n00:01.000 --> 00:02.000\nHi\n'
    expect(vtt(text).vtt).toBe(`${HEAD}00:01.000 --> 00:02.000\nHi\n`)
  })

  it('may have cues that overlap', () => {
    expect(vtt('WEBVTT\n\n00:01.000 --> 00:09.000\na\n\n00:01.000 --> 00:02.000\nb\n').cues).toBe(2)
  })

  it('is known by its first word whatever it is called', () => {
    expect(readCaptionFile(bytes(GOOD), 'text/plain').cues).toBe(2)
  })

  it('may be UTF-16 with its mark', () => {
    expect(
      [true, false].map((bigEndian) => readCaptionFile(utf16(GOOD, { bigEndian }), 'text/vtt').vtt),
    ).toEqual([vtt(GOOD).vtt, vtt(GOOD).vtt])
  })

  it.each([
    ['no header', '00:01.000 --> 00:02.000\nHi\n', 'header', 1],
    ['a header that only looks like one', 'WEBVTTT\n\n00:01.000 --> 00:02.000\nHi\n', 'header', 1],
    ['a cue right under the header', 'WEBVTT\n00:01.000 --> 00:02.000\nHi\n', 'header', 2],
    ['times with a comma', 'WEBVTT\n\n00:01,000 --> 00:02,000\nHi\n', 'cue-times', 3],
    ['a minute of 60', 'WEBVTT\n\n00:60:01.000 --> 01:02:00.000\nHi\n', 'cue-times', 3],
    ['an end before its start', 'WEBVTT\n\nx\n00:03.000 --> 00:02.000\nHi\n', 'cue-length', 4],
    ['an end at its start', 'WEBVTT\n\n00:02.000 --> 00:02.000\nHi\n', 'cue-length', 3],
    [
      'starts that go back',
      'WEBVTT\n\n00:03.000 --> 00:04.000\na\n\n00:02.999 --> 00:05.000\nb\n',
      'cue-order',
      6,
    ],
    [
      'two cues without an empty line',
      'WEBVTT\n\n00:01.000 --> 00:02.000\na\n00:03.000 --> 00:04.000\nb\n',
      'cue-text',
      5,
    ],
    ['text that is no cue', 'WEBVTT\n\nHello\nworld\n', 'block', 3],
    ['a style behind a cue', 'WEBVTT\n\n00:01.000 --> 00:02.000\na\n\nSTYLE\n::cue {}\n', 'style-order', 6],
    ['no cues', 'WEBVTT\n\nNOTE nothing yet\n', 'no-cues', 1],
    ['control characters', 'WEBVTT\n\n00:01.000 --> 00:02.000\na\u0000\n', 'characters', 4],
  ])('is refused with its line for %s', (_, text, rule, line) => {
    expect(refusal(() => vtt(text))).toEqual({ status: 422, rule, line })
  })
})

describe('SubRip', () => {
  const one = (text: string, times = '00:00:01,000 --> 00:00:02,000') => body(srt(`1\n${times}\n${text}\n`))

  it('becomes WebVTT', () => {
    const file = srt(
      '1\r\n00:00:01,500 --> 00:00:02,000\r\nHello\r\nworld\r\n\r\n2\r\n01:00:03,000 --> 01:00:04,040\r\nBye\r\n',
    )
    expect(file).toEqual({
      vtt: `${HEAD}00:00:01.500 --> 00:00:02.000\nHello\nworld\n\n01:00:03.000 --> 01:00:04.040\nBye\n`,
      cues: 2,
    })
  })

  it.each([
    ['with a point', '00:00:01.000 --> 00:00:02.000', '00:00:01.000 --> 00:00:02.000'],
    ['without spaces', '00:00:01,000-->00:00:02,000', '00:00:01.000 --> 00:00:02.000'],
    ['of one digit', '0:0:1,5 --> 0:0:2', '00:00:01.500 --> 00:00:02.000'],
    ['of more than 99 hours', '100:00:00,000 --> 100:00:01,000', '100:00:00.000 --> 100:00:01.000'],
    [
      'with coordinates',
      '00:00:01,000 --> 00:00:02,000 X1:1 X2:2 Y1:3 Y2:4',
      '00:00:01.000 --> 00:00:02.000',
    ],
  ])('may have times %s', (_, times, written) => {
    expect(one('a', times)).toBe(`${written}\na\n`)
  })

  it.each([
    ['<i>a</i> <B>b</B> {u}c{/u}', '<i>a</i> <b>b</b> <u>c</u>'],
    ['<font color="#fff" size=3>a</font>', 'a'],
    ['{\\i1}a{\\i0}', 'a'],
    ['I <3 AT&T', 'I &lt;3 AT&amp;T'],
    ['a &amp; b', 'a &amp; b'],
    ['<script>alert(1)</script>', '&lt;script>alert(1)&lt;/script>'],
    ['a --> b', 'a --&gt; b'],
  ])('writes %s as %s', (text, written) => {
    expect(one(text).split('\n')[1]).toBe(written)
  })

  it.each([
    ['{\\an8}', ' line:0'],
    ['{\\an1}', ' align:left'],
    ['{\\an6}', ' line:50% align:right'],
    ['{\\an2}', ''],
  ])('turns %s into a place on the screen', (override, settings) => {
    expect(one(`${override}a`)).toBe(`00:00:01.000 --> 00:00:02.000${settings}\na\n`)
  })

  it('may lack numbers and empty lines', () => {
    const file = srt(
      '00:00:01,000 --> 00:00:02,000\na\n00:00:03,000 --> 00:00:04,000\nb\n9\n00:00:05,000 --> 00:00:06,000\nc',
    )
    expect(body(file)).toBe(
      '00:00:01.000 --> 00:00:02.000\na\n\n00:00:03.000 --> 00:00:04.000\nb\n\n00:00:05.000 --> 00:00:06.000\nc\n',
    )
  })

  it('keeps text that is a number', () => {
    expect(
      body(srt('1\n00:00:01,000 --> 00:00:02,000\n42\n\n2\n00:00:03,000 --> 00:00:04,000\nb\n')),
    ).toContain('02.000\n42\n\n')
  })

  it('keeps text behind an empty line in its cue', () => {
    expect(body(srt('1\n00:00:01,000 --> 00:00:02,000\na\n\nb\n'))).toBe(
      '00:00:01.000 --> 00:00:02.000\na\nb\n',
    )
  })

  it('leaves out cues without text', () => {
    expect(srt('1\n00:00:01,000 --> 00:00:02,000\n\n2\n00:00:03,000 --> 00:00:04,000\nb\n').cues).toBe(1)
  })

  it('is put in order of time', () => {
    const file = srt('1\n00:00:03,000 --> 00:00:04,000\nb\n\n2\n00:00:01,000 --> 00:00:09,000\na\n')
    expect(body(file)).toBe('00:00:01.000 --> 00:00:09.000\na\n\n00:00:03.000 --> 00:00:04.000\nb\n')
  })

  it.each(['a\n\n\nb --> c', '{\\an8}', '<i>a\n{/b}', '-->', '&lt;', 'NOTE x', '\ufeffWEBVTT'])(
    'becomes valid WebVTT with the text %j',
    (text) => {
      const first = srt(`1\n00:00:01,000 --> 00:00:02,000\nx\n${text}\n`)
      expect(vtt(first.vtt)).toEqual(first)
    },
  )

  it.each([
    ['words', 'Hello\nworld\n', 'block', 1],
    [
      'broken times',
      '1\n00:00:01,000 --> 00:00:02,000\na\n\n2\n00:00:xx --> 00:00:04,000\nb\n',
      'cue-times',
      6,
    ],
    ['times without digits', '1\n --> \na\n', 'cue-times', 2],
    ['an end at its start', '1\n00:00:02,000 --> 00:00:02,000\na\n', 'cue-length', 2],
    ['nothing', '', 'no-cues', 1],
    ['numbers alone', '1\n2\n', 'no-cues', 1],
    ['a binary file', 'PK\u0003\u0004', 'characters', 1],
  ])('is refused with its line for %s', (_, text, rule, line) => {
    expect(refusal(() => srt(text))).toEqual({ status: 422, rule, line })
  })
})

describe('readCaptionFile', () => {
  const cue = (n: number) => `${n}\n00:00:01,000 --> 00:00:02,000\na\n\n`

  it('takes 10 000 cues', () => {
    expect(srt(Array.from({ length: 10_000 }, (_, n) => cue(n)).join('')).cues).toBe(10_000)
  })

  it('refuses 10 001 cues', () => {
    const text = Array.from({ length: 10_001 }, (_, n) => cue(n)).join('')
    expect(refusal(() => srt(text))?.rule).toBe('too-many-cues')
  })

  it('refuses more than a mebibyte', () => {
    expect(refusal(() => readCaptionFile(new Uint8Array(1_048_577), 'text/vtt'))?.status).toBe(413)
  })

  it.each([
    ['an old code page', [0x31, 0x0a, 0xe9, 0x0a]],
    ['a cut character', [0x61, 0xc3]],
    ['half of UTF-16', [0xff, 0xfe, 0x61]],
  ])('refuses %s', (_, octets) => {
    expect(refusal(() => readCaptionFile(Uint8Array.from(octets), 'text/srt'))).toMatchObject({
      status: 400,
      rule: 'invalid-utf8',
    })
  })
})
