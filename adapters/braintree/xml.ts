/** An element of XML. Names have `-` where Braintree sometimes writes `_`. */
export interface Element {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly Element[]
  readonly text: string
}

/** Deeper than anything that Braintree sends. */
const DEEPEST = 32

const DECLARATION = /^\s*(?:<\?xml\s[^<>]*\?>)?\s*/
const TOKEN = /<(\/?)([\w.:-]+)((?:\s+[\w.:-]+="[^"<]*")*)\s*(\/?)>|([^<]+)/y
const ATTRIBUTE = /([\w.:-]+)="([^"]*)"/g

/**
 * Reads the XML that Braintree writes: elements, attributes and text. All else that XML has is refused (document types with
 * their entities above all, sections, instructions, comments): it is not there, and is what XML is attacked with. A
 * parser of the whole language would be a dependency with all of that. Throws a `SyntaxError` that repeats nothing of it.
 */
export function readXml(text: string): Element {
  const root: Open = { name: '', attributes: {}, children: [], text: '' }
  const path: Open[] = [root]
  TOKEN.lastIndex = DECLARATION.exec(text)?.[0].length ?? 0
  while (TOKEN.lastIndex < text.length) {
    const at = TOKEN.lastIndex
    const token = TOKEN.exec(text)
    if (!token) throw wrong(at)
    read(token, path, at)
  }
  const [only, ...more] = root.children
  if (path.length !== 1 || !only || more.length > 0 || root.text.trim() !== '') throw wrong(text.length)
  return only
}

interface Open extends Element {
  readonly children: Element[]
  text: string
}

const wrong = (at: number) => new SyntaxError(`this is no XML that is read here, at character ${at}`)

function read(
  [, closing, name = '', attributes = '', empty, words]: RegExpExecArray,
  path: Open[],
  at: number,
): void {
  const parent = path.at(-1)
  if (!parent) throw wrong(at)
  if (words !== undefined) parent.text += unescaped(words, at)
  else if (closing) {
    if (path.length < 2 || parent.name !== plain(name) || attributes || empty) throw wrong(at)
    path.pop()
  } else {
    if (path.length > DEEPEST) throw wrong(at)
    const element: Open = {
      name: plain(name),
      attributes: attributesIn(attributes, at),
      children: [],
      text: '',
    }
    parent.children.push(element)
    if (!empty) path.push(element)
  }
}

const plain = (name: string): string => name.replaceAll('_', '-')

const attributesIn = (text: string, at: number): Record<string, string> =>
  Object.fromEntries(
    [...text.matchAll(ATTRIBUTE)].map(([, name, value]) => [name, unescaped(value ?? '', at)]),
  )

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

function unescaped(text: string, at: number): string {
  return text.replace(/&([^;&]{0,10};?)/g, (_, body: string) => {
    const [, name, decimal, hex] = /^(?:([a-z]+)|#(\d{1,7})|#x([\da-fA-F]{1,6}));$/.exec(body) ?? []
    if (name !== undefined && Object.hasOwn(NAMED, name)) return NAMED[name] ?? ''
    const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal)
    if (!(code > 0 && code <= 0x10ffff)) throw wrong(at)
    return String.fromCodePoint(code)
  })
}

export const childOf = (element: Element | undefined, name: string): Element | undefined =>
  element?.children.find((child) => child.name === name)

/** The text in a child; null where there is none, or it is marked as nil. */
export function textIn(element: Element | undefined, name: string): string | null {
  const child = childOf(element, name)
  return child && child.attributes.nil !== 'true' ? child.text.trim() || null : null
}

/** The text in a child that must be there. */
export function needed(element: Element, name: string): string {
  const text = textIn(element, name)
  if (text === null) throw new TypeError(`Braintree’s ${element.name} has no ${name}`)
  return text
}

/** What is between tags, so that it reads as it was. */
export const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
