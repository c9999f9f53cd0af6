/** An element as it was read, fit to be written again: names keep their prefixes, attributes their order. */
export interface XmlElement {
  /** With its prefix: `cpix:ContentKey`. */
  readonly tag: string
  readonly local: string
  readonly namespace: string
  /** By their names with prefixes; declarations of namespaces among them. */
  readonly attributes: ReadonlyMap<string, string>
  readonly children: readonly XmlNode[]
}
export type XmlNode = XmlElement | string

/** Not well formed, or more than we read of XML. */
export class NotXml extends Error {
  override readonly name = 'NotXml'
}

const MAX_DEPTH = 24
const MAX_ELEMENTS = 5000
const MAX_ATTRIBUTES = 32

const NAME = String.raw`[A-Za-z_][\w.-]{0,100}(?::[A-Za-z_][\w.-]{0,100})?`
const OPEN = new RegExp(`<(${NAME})`, 'y')
const CLOSE = new RegExp(String.raw`</(${NAME})\s*>`, 'y')
const ATTRIBUTE = new RegExp(String.raw`\s+(${NAME})\s*=\s*(?:"([^<"]*)"|'([^<']*)')`, 'y')
const END = /\s*(\/?)>/y
const TEXT = /[^<]+/y
const COMMENT = /<!--(?:[^-]|-[^-])*-->/y
const DECLARATION =
  /<\?xml\s+version\s*=\s*["']1\.0["'](?:\s+encoding\s*=\s*["']utf-8["'])?(?:\s+standalone\s*=\s*["']yes["'])?\s*\?>/iy

const XML_PREFIX: ReadonlyMap<string, string> = new Map([['xml', 'http://www.w3.org/XML/1998/namespace']])

/** What is open while its end is looked for. */
interface Opened {
  readonly element: Omit<XmlElement, 'children'>
  readonly children: XmlNode[]
  readonly prefixes: ReadonlyMap<string, string>
}

/**
 * Reads a small document of XML 1.0 with namespaces, in UTF-8. Of what XML has beyond elements, attributes, text and comments it
 * takes nothing: a document type, entities of its own, processing instructions and CDATA are refused, and with them all that XML
 * is attacked by. A prefix means one namespace throughout. Time and memory grow with the text's length alone. Throws `NotXml`.
 *
 * Written here because the parsers that come with our dependencies are not ours to import, take more than this, and one of them
 * drops prefixes: a key provider answers with the request's own document.
 */
export function readXml(text: string): XmlElement {
  return new Reader(text.replace(/^\ufeff/, '')).document()
}

class Reader {
  private at = 0
  private elements = 0
  private readonly bound = new Map(XML_PREFIX)
  private readonly text: string

  constructor(text: string) {
    this.text = text
  }

  document(): XmlElement {
    this.take(DECLARATION)
    const stack: Opened[] = []
    for (;;) {
      const done = this.step(stack)
      if (done) return this.ended(done)
    }
  }

  /** One piece of the document; the root once its end has come. */
  private step(stack: Opened[]): XmlElement | undefined {
    const top = stack.at(-1)
    if (this.take(COMMENT)) return undefined
    const text = this.take(TEXT)
    if (text) return this.addText(top, text[0])
    const close = top && this.take(CLOSE)
    if (top && close) return this.closed(stack, top, close[1] ?? '')
    const open = this.take(OPEN)
    if (!open) throw new NotXml('it has what we do not read, or ends too early')
    return this.opened(stack, open[1] ?? '')
  }

  private addText(top: Opened | undefined, raw: string): undefined {
    if (top) top.children.push(decoded(raw))
    else if (raw.trim() !== '') throw new NotXml('it has text outside of its root')
  }

  private opened(stack: Opened[], tag: string): XmlElement | undefined {
    this.elements += 1
    if (stack.length >= MAX_DEPTH || this.elements > MAX_ELEMENTS) throw new NotXml('it is too large')
    const attributes = this.attributes()
    const end = this.take(END)
    if (!end) throw new NotXml('a tag does not end')
    const prefixes = this.prefixes(stack.at(-1)?.prefixes, attributes)
    const [prefix, local] = tag.includes(':') ? (tag.split(':') as [string, string]) : ['', tag]
    const namespace = prefixes.get(prefix)
    if (namespace === undefined && prefix !== '') throw new NotXml('a prefix stands for nothing')
    const opened = { element: { tag, local, namespace: namespace ?? '', attributes }, children: [], prefixes }
    stack.push(opened)
    return end[1] === '/' ? this.closed(stack, opened, tag) : undefined
  }

  private attributes(): Map<string, string> {
    const attributes = new Map<string, string>()
    for (let found = this.take(ATTRIBUTE); found; found = this.take(ATTRIBUTE)) {
      const [, name = '', quoted, apostrophed] = found
      if (attributes.has(name) || attributes.size >= MAX_ATTRIBUTES) throw new NotXml('its attributes repeat')
      attributes.set(name, decoded(quoted ?? apostrophed ?? ''))
    }
    return attributes
  }

  private prefixes(
    outer: ReadonlyMap<string, string> = XML_PREFIX,
    attributes: ReadonlyMap<string, string>,
  ): ReadonlyMap<string, string> {
    const own = [...attributes].flatMap(([name, namespace]) =>
      name === 'xmlns' || name.startsWith('xmlns:') ? [[name.slice(6), namespace] as const] : [],
    )
    for (const [prefix, namespace] of own) this.bind(prefix, namespace)
    return own.length === 0 ? outer : new Map([...outer, ...own])
  }

  /** Where a prefix could mean two things, what is written behind could mean another than what was read. */
  private bind(prefix: string, namespace: string): void {
    if (namespace === '' || (this.bound.get(prefix) ?? namespace) !== namespace)
      throw new NotXml('a prefix stands for two things')
    this.bound.set(prefix, namespace)
  }

  private closed(stack: Opened[], { element, children }: Opened, tag: string): XmlElement | undefined {
    if (element.tag !== tag) throw new NotXml('a tag is closed by another')
    stack.pop()
    const whole = { ...element, children }
    const outer = stack.at(-1)
    if (!outer) return whole
    outer.children.push(whole)
    return undefined
  }

  private ended(root: XmlElement): XmlElement {
    while (this.take(COMMENT) || this.take(/\s+/y));
    if (this.at < this.text.length) throw new NotXml('something follows its root')
    return root
  }

  private take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.at
    const found = pattern.exec(this.text) ?? undefined
    if (found) this.at = pattern.lastIndex
    return found
  }
}

const NO_REFERENCE = /&(?!(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|[a-z]{1,4});)/
const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }
// Lone surrogates, and the controls that XML 1.0 has no place for.
const NOT_A_CHARACTER = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u

function decoded(raw: string): string {
  if (NO_REFERENCE.test(raw)) throw new NotXml('it has a bare ampersand')
  const text = raw.replace(/&(?:#(\d+)|#x([0-9a-fA-F]+)|([a-z]+));/g, (_all, dec, hex, name) => {
    const char = name === undefined ? charOf(dec ?? `0x${hex}`) : NAMED[name]
    if (char === undefined) throw new NotXml('it has an entity of its own')
    return char
  })
  if (NOT_A_CHARACTER.test(text)) throw new NotXml('it has what is no character')
  return text
}

function charOf(number: string): string | undefined {
  const point = Number(number)
  return Number.isInteger(point) && point <= 0x10ffff ? String.fromCodePoint(point) : undefined
}

const ESCAPED: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
}
const escaped = (text: string, which: RegExp) => text.replace(which, (char) => ESCAPED[char] ?? char)

/** The document as text: what `readXml` gives for it is the same again. */
export const writeXml = (root: XmlElement): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n${written(root)}\n`

function written(node: XmlNode): string {
  if (typeof node === 'string') return escaped(node, /[&<>\r]/g)
  const attributes = [...node.attributes].map(
    ([name, value]) => ` ${name}="${escaped(value, /[&<>"\t\n\r]/g)}"`,
  )
  const open = `<${node.tag}${attributes.join('')}`
  return node.children.length === 0
    ? `${open}/>`
    : `${open}>${node.children.map(written).join('')}</${node.tag}>`
}

/** Elements among the children, those of this name where one is given. */
export const elementsOf = ({ children }: XmlElement, local?: string): XmlElement[] =>
  children.filter(
    (node) => typeof node !== 'string' && (local === undefined || node.local === local),
  ) as XmlElement[]

/** The text of an element that holds nothing else, without the space around it. */
export function textOf({ children }: XmlElement): string {
  return children.every((node) => typeof node === 'string') ? children.join('').trim() : ''
}
