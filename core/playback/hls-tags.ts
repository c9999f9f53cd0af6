import type { CaptionTrack, MediaTrack } from './film-tracks.ts'

/** One EXT-X-MEDIA entry of a group. */
export interface Rendition {
  readonly type: 'AUDIO' | 'SUBTITLES'
  readonly group: string
  /** BCP 47; `und` is not told. */
  readonly language: string
  readonly label: string
  readonly isDefault: boolean
  readonly extra: Readonly<Record<string, string>>
  readonly uri: string
}

/** A tag with its attribute list; attributes that are `false` are left out. */
export function tag(name: string, attributes: Readonly<Record<string, string | false>>): string {
  const list = Object.entries(attributes).filter(([, value]) => value !== false)
  return `#EXT-X-${name}:${list.map(([key, value]) => `${key}=${value}`).join(',')}`
}

/** The EXT-X-MEDIA lines of one group: names unique in it, and one rendition of each language to choose by itself. */
export function renditionLines(group: readonly Rendition[]): string[] {
  const names = uniqueNames(group.map((rendition) => clean(rendition.label)))
  return group.map((rendition, index) =>
    tag('MEDIA', {
      TYPE: rendition.type,
      'GROUP-ID': quoted(rendition.group),
      NAME: quoted(names[index] ?? rendition.label),
      LANGUAGE: rendition.language !== 'und' && quoted(rendition.language),
      DEFAULT: rendition.isDefault ? 'YES' : 'NO',
      AUTOSELECT: isChosenByLanguage(group, rendition) ? 'YES' : 'NO',
      ...rendition.extra,
      URI: quoted(rendition.uri),
    }),
  )
}

function uniqueNames(labels: readonly string[]): string[] {
  const taken = new Set<string>()
  for (const label of labels) {
    let name = label
    for (let n = 2; taken.has(name); n++) name = `${label} (${n})`
    taken.add(name)
  }
  return [...taken]
}

/** Players choose by language among AUTOSELECT=YES, so of each language one: the default, else the first. */
function isChosenByLanguage(group: readonly Rendition[], rendition: Rendition): boolean {
  const same = group.filter((other) => other.language === rendition.language)
  return (same.find((other) => other.isDefault) ?? same[0]) === rendition
}

const quoted = (text: string) => `"${clean(text)}"`

// A quoted string of RFC 8216 knows no escapes: a quote or a line break in a label would end it.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is replaced
const clean = (text: string) => text.replaceAll('"', "'").replace(/[\u0000-\u001f\u007f]+/g, ' ')

/** Names relative to the film's root. */
export const indexName = (track: MediaTrack, revision: number) => `${track.name}/index.${revision}.m3u8`
export const iframesName = (track: MediaTrack, revision: number) => `${track.name}/iframes.${revision}.m3u8`
export const captionsName = (caption: CaptionTrack, revision: number) =>
  `captions-${caption.language}.${revision}.m3u8`

/** A whole playlist of these lines. */
export const lines = (lines: readonly string[]) => ['#EXTM3U', '#EXT-X-VERSION:7', ...lines, ''].join('\n')
