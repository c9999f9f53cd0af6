/** A byte range inside a file; whole files have none. */
export interface Range {
  readonly offset: number
  readonly length: number
}
export interface MediaFile {
  readonly url: string
  readonly range?: Range
}

export interface Variant {
  readonly url: string
  readonly width: number
  readonly height: number
  readonly averageBps: number
  readonly codecs: string
}
export interface Master {
  readonly variants: readonly Variant[]
  /** Playlists of audio and subtitle groups. */
  readonly media: readonly { readonly type: string; readonly name: string; readonly url: string }[]
  /** I-frame playlists. */
  readonly iframes: readonly string[]
}
export interface MediaPlaylist {
  readonly init?: MediaFile
  readonly segments: readonly (MediaFile & { readonly seconds: number })[]
  /** `#EXT-X-ENDLIST`: nothing will be added. */
  readonly ended: boolean
}

/** Reads a multivariant playlist (RFC 8216 4.4.6). Throws when it is not one. */
export function readMaster(text: string, base: string): Master {
  const lines = linesOf(text, base)
  const at = (uri: string | undefined) => new URL(uri ?? '', base).href
  const variants: Variant[] = []
  for (const [index, line] of lines.entries()) {
    if (!line.startsWith('#EXT-X-STREAM-INF:')) continue
    const facts = attributes(line)
    const [width = 0, height = 0] = (facts.RESOLUTION ?? '').split('x').map(Number)
    const averageBps = Number(facts['AVERAGE-BANDWIDTH'] ?? facts.BANDWIDTH)
    variants.push({ url: at(lines[index + 1]), width, height, averageBps, codecs: facts.CODECS ?? '' })
  }
  if (variants.length === 0) throw new Error(`no variant in ${base}`)
  const tagged = (tag: string) => lines.filter((line) => line.startsWith(`${tag}:`)).map(attributes)
  return {
    variants,
    media: tagged('#EXT-X-MEDIA')
      .filter((facts) => facts.URI !== undefined)
      .map((facts) => ({ type: facts.TYPE ?? '', name: facts.NAME ?? '', url: at(facts.URI) })),
    iframes: tagged('#EXT-X-I-FRAME-STREAM-INF').map((facts) => at(facts.URI)),
  }
}

/** Reads a media playlist (RFC 8216 4.4.3), I-frame playlists too. Throws when it is not one. */
export function readMediaPlaylist(text: string, base: string): MediaPlaylist {
  const segments: (MediaFile & { seconds: number })[] = []
  let init: MediaFile | undefined
  let seconds = 0
  let range: Range | undefined
  let next = 0
  for (const line of linesOf(text, base)) {
    if (line.startsWith('#EXTINF:')) seconds = Number.parseFloat(line.slice(8))
    else if (line.startsWith('#EXT-X-BYTERANGE:')) range = readRange(line.slice(17), next)
    else if (line.startsWith('#EXT-X-MAP:')) init = readMap(attributes(line), base)
    else if (!line.startsWith('#')) {
      segments.push({ url: new URL(line, base).href, seconds, ...(range ? { range } : {}) })
      next = range ? range.offset + range.length : 0
      range = undefined
    }
  }
  return { ...(init ? { init } : {}), segments, ended: /^#EXT-X-ENDLIST\s*$/m.test(text) }
}

function linesOf(text: string, base: string): string[] {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '')
  if (lines[0] !== '#EXTM3U') throw new Error(`not a playlist: ${base}`)
  return lines
}

function readMap(facts: Record<string, string>, base: string): MediaFile {
  const url = new URL(facts.URI ?? '', base).href
  return facts.BYTERANGE === undefined ? { url } : { url, range: readRange(facts.BYTERANGE, 0) }
}

/** `length[@offset]`; without an offset it goes on where the range before ended. */
function readRange(text: string, next: number): Range {
  const [length = 0, offset = next] = text.split('@').map(Number)
  return { offset, length }
}

/** `NAME=value,NAME="a, b"` behind the tag's colon. */
function attributes(line: string): Record<string, string> {
  const list = line.slice(line.indexOf(':') + 1)
  const pairs = list.matchAll(/([A-Z0-9-]+)=(?:"([^"]*)"|([^,]*))/g)
  return Object.fromEntries([...pairs].map((pair) => [pair[1], pair[2] ?? pair[3] ?? '']))
}
