/** One Representation of an MPD: its init segment and all its media segments, as absolute URLs. */
export interface Representation {
  readonly id: string
  readonly init?: string
  readonly segments: readonly string[]
}

interface Element {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: Element[]
  text: string
}

/**
 * Reads a static MPD whose representations use SegmentTemplate with SegmentTimeline or duration, or a BaseURL alone
 * (a caption file). Throws for what it does not know: a player would fail there too.
 */
export function readMpd(text: string, base: string): readonly Representation[] {
  const mpd = all(parse(text), 'MPD')[0]
  if (!mpd) throw new Error(`not an MPD: ${base}`)
  const total = seconds(mpd.attributes.mediaPresentationDuration ?? '')
  return all(mpd, 'Period').flatMap((period) =>
    all(period, 'AdaptationSet').flatMap((set) =>
      all(set, 'Representation').map((representation) =>
        readRepresentation([mpd, period, set, representation], base, total),
      ),
    ),
  )
}

function readRepresentation(path: readonly Element[], base: string, totalSeconds: number): Representation {
  const url = path.reduce(
    (from, element) => new URL(child(element, 'BaseURL')?.text.trim() ?? '', from).href,
    base,
  )
  const id = path.at(-1)?.attributes.id ?? ''
  const templates = path.map((element) => child(element, 'SegmentTemplate')).filter((t) => t !== undefined)
  if (templates.length === 0) return { id, segments: [url] }
  const facts = Object.assign({}, ...templates.map((t) => t.attributes)) as Record<string, string>
  const bandwidth = path.at(-1)?.attributes.bandwidth ?? ''
  const fill = (pattern: string, number: number, time: number) =>
    new URL(fillIn(pattern, { RepresentationID: id, Bandwidth: bandwidth, Number: number, Time: time }), url)
      .href
  const first = Number(facts.startNumber ?? 1)
  const times = startTimes(templates.at(-1), facts, totalSeconds)
  const segments = times.map((time, at) => fill(facts.media ?? '', first + at, time))
  return { id, segments, ...(facts.initialization ? { init: fill(facts.initialization, 0, 0) } : {}) }
}

function startTimes(
  template: Element | undefined,
  facts: Record<string, string>,
  totalSeconds: number,
): number[] {
  const timeline = template && child(template, 'SegmentTimeline')
  if (timeline) return timelineTimes(timeline)
  const ticks = Number(facts.duration)
  if (!(ticks > 0 && totalSeconds > 0)) throw new Error('a SegmentTemplate without timeline and duration')
  const count = Math.ceil((totalSeconds * Number(facts.timescale ?? 1)) / ticks)
  return Array.from({ length: count }, (_, at) => at * ticks)
}

function timelineTimes(timeline: Element): number[] {
  const times: number[] = []
  let at = 0
  for (const run of all(timeline, 'S')) {
    at = Number(run.attributes.t ?? at)
    for (let again = Number(run.attributes.r ?? 0); again >= 0; again--) {
      times.push(at)
      at += Number(run.attributes.d)
    }
  }
  return times
}

/** `$Number$`, `$Number%05d$`, `$RepresentationID$` and so on (ISO/IEC 23009-1 5.3.9.4.4). */
function fillIn(pattern: string, values: Readonly<Record<string, string | number>>): string {
  return pattern.replace(/\$(\w*)(?:%0(\d+)d)?\$/g, (_, name: string, width: string | undefined) => {
    if (name === '') return '$'
    return String(values[name] ?? '').padStart(Number(width ?? 0), '0')
  })
}

const seconds = (text: string) => {
  const [, hours = 0, minutes = 0, rest = 0] = (
    /^PT(?:([\d.]+)H)?(?:([\d.]+)M)?(?:([\d.]+)S)?$/.exec(text) ?? []
  ).map((n) => Number(n ?? 0))
  return hours * 3600 + minutes * 60 + rest
}
const all = (element: Element, name: string) => element.children.filter((c) => c.name === name)
const child = (element: Element, name: string) => element.children.find((c) => c.name === name)

/** Elements, attributes and text: all of XML that an MPD needs. */
function parse(text: string): Element {
  const top: Element = { name: '', attributes: {}, children: [], text: '' }
  const open = [top]
  for (const [, comment, closing, name, rest, empty, plain] of text.matchAll(TOKEN)) {
    const parent = open.at(-1) ?? top
    if (comment !== undefined) continue
    if (plain !== undefined) parent.text += plainText(plain)
    else if (closing) open.pop()
    else {
      const element = {
        name: (name ?? '').replace(/^.*:/, ''),
        attributes: readAttributes(rest ?? ''),
        children: [],
        text: '',
      }
      parent.children.push(element)
      if (!empty) open.push(element)
    }
  }
  return top
}
const TOKEN = /(<!--[\s\S]*?-->|<\?[\s\S]*?\?>)|<(\/?)([\w:.-]+)((?:"[^"]*"|'[^']*'|[^>"'])*?)(\/?)>|([^<]+)/g

const readAttributes = (text: string) =>
  Object.fromEntries(
    [...text.matchAll(/([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)].map((m) => [
      m[1],
      plainText(m[2] ?? m[3] ?? ''),
    ]),
  )

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }
const plainText = (text: string) => text.replace(/&(\w+);/g, (whole, name: string) => ENTITIES[name] ?? whole)
