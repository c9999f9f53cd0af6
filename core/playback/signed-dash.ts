/** A manifest in another form than `writeDash` gives it, of which not every URI could be signed. */
export class ManifestRefused extends Error {
  override readonly name = 'ManifestRefused'
}

type Write = (uri: string) => string

/**
 * A manifest of `writeDash` with every URI written anew. A template cannot carry a signature for each segment, so it becomes
 * a list: the same timeline with one URL a segment, which the live profile does not allow and the full one does. Throws
 * `ManifestRefused` rather than leave a URI that nobody signs.
 */
export function signDash(text: string, write: Write): string {
  if (!/^\s*(?:<\?xml[^>]*\?>\s*)?<MPD\s/.test(text)) throw new ManifestRefused('this is no DASH manifest')
  const rest = text.replace(TEMPLATE, '').replace(FILE, '')
  const strange = /<(?:SegmentTemplate|SegmentBase|SegmentList|BaseURL|Location)\b|xlink:href/.exec(rest)
  if (strange) throw new ManifestRefused(`there is ${strange[0]} where none was written`)
  return text
    .replace(PROFILE, '$1urn:mpeg:dash:profile:full:2011$2')
    .replace(TEMPLATE, (_, ...found: string[]) => segmentList(found, write))
    .replace(FILE, (_, before: string, uri: string) => `${before}<BaseURL>${rewritten(uri, write)}</BaseURL>`)
}

const PROFILE = /(<MPD\s[^>]*\bprofiles=")[^"]*(")/
const TEMPLATE =
  /^( *)<SegmentTemplate ([^>]*)>\s*(<SegmentTimeline>[\s\S]*?<\/SegmentTimeline>)\s*<\/SegmentTemplate>/gm
/** The one file of a representation. A BaseURL further up would be before every other URI. */
const FILE = /(<Representation [^>]*>\s*)<BaseURL>([^<]*)<\/BaseURL>/g

function segmentList([indent = '', head = '', timeline = '']: string[], write: Write): string {
  const { timescale, initialization, media, startNumber, ...others } = readAttributes(head)
  if (timescale === undefined || initialization === undefined || media === undefined || startNumber !== '1')
    throw new ManifestRefused('a segment template has other attributes than were written')
  const [other] = Object.keys(others)
  if (other !== undefined) throw new ManifestRefused(`a segment template has the attribute ${other}`)
  const urls = Array.from({ length: segmentsOf(timeline) }, (_, i) => fill(media, i + 1))
  return [
    // Without startNumber, which is 1 by default: ffmpeg takes a list's for an index and leaves its first segment out.
    `<SegmentList timescale="${timescale}">`,
    `  <Initialization sourceURL="${rewritten(fill(initialization, 0), write)}"/>`,
    `  ${timeline}`,
    ...urls.map((url) => `  <SegmentURL media="${rewritten(url, write)}"/>`),
    '</SegmentList>',
  ]
    .map((line) => indent + line)
    .join('\n')
}

function readAttributes(head: string): Record<string, string> {
  return Object.fromEntries([...head.matchAll(/([\w:]+)="([^"]*)"/g)].map(([, name, value]) => [name, value]))
}

/** A day of one-second segments: what is longer was not written by us, and would take the memory of the function. */
const MOST_SEGMENTS = 86_400

function segmentsOf(timeline: string): number {
  const runs = [...timeline.matchAll(/<S ([^>]*)\/>/g)].map(([, head = '']) =>
    Number(readAttributes(head).r ?? 0),
  )
  const count = runs.reduce((sum, repeated) => sum + repeated + 1, 0)
  if (runs.some((repeated) => !(repeated >= 0)) || count > MOST_SEGMENTS)
    throw new ManifestRefused('a timeline has no countable number of segments')
  return count
}

/** A doubled dollar sign is one; the only word that we write is `$Number$`. */
const fill = (template: string, number: number): string =>
  template.replace(/\$([^$]*)\$/g, (_, word: string) => {
    if (word !== '' && word !== 'Number')
      throw new ManifestRefused(`there is no word $${word}$ in our templates`)
    return word === '' ? '$' : String(number)
  })

const rewritten = (escaped: string, write: Write): string =>
  write(escaped.replace(/&(amp|lt|gt|quot|apos);/g, (_, name: string) => CHARACTERS[name] ?? '')).replace(
    /[&<>"']/g,
    (character) => `&${Object.keys(CHARACTERS).find((name) => CHARACTERS[name] === character)};`,
  )

const CHARACTERS: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }
