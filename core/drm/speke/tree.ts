import type { XmlElement, XmlNode } from './xml.ts'

/** The same element with other children. */
export const withChildren = (element: XmlElement, children: readonly XmlNode[]): XmlElement => ({
  ...element,
  children,
})

/** The same element with one attribute set; its place among the others stays. */
export const withAttribute = (element: XmlElement, name: string, value: string): XmlElement => ({
  ...element,
  attributes: new Map([...element.attributes, [name, value]]),
})

/** Each child element of this name made anew; all else as it stands. */
export const mapChildren = (
  element: XmlElement,
  local: string,
  made: (child: XmlElement) => XmlElement,
): XmlElement =>
  withChildren(
    element,
    element.children.map((node) => (typeof node !== 'string' && node.local === local ? made(node) : node)),
  )

/** A new element in the notation of a document, by the prefixes that it has for its namespaces. */
export type Writer = (
  namespace: string,
  local: string,
  body: string | readonly XmlElement[],
  attributes?: Readonly<Record<string, string>>,
) => XmlElement

/** Prefixes that we declare where the document has none for a namespace. */
const PREFIXES = {
  'urn:dashif:org:cpix': 'cpix',
  'urn:ietf:params:xml:ns:keyprov:pskc': 'pskc',
  'http://www.w3.org/2001/04/xmlenc#': 'enc',
} as const
export const PSKC = 'urn:ietf:params:xml:ns:keyprov:pskc'
export const ENC = 'http://www.w3.org/2001/04/xmlenc#'

/** The root with a declaration of each namespace, and what writes elements in them. */
export function writerFor(root: XmlElement, namespaces: readonly (keyof typeof PREFIXES)[]) {
  const declared = new Map(
    [...root.attributes].flatMap(([name, value]) =>
      name === 'xmlns' || name.startsWith('xmlns:') ? [[value, name === 'xmlns' ? '' : name.slice(6)]] : [],
    ),
  )
  const missing = namespaces.filter((namespace) => !declared.has(namespace))
  const whole = missing.reduce((to, ns) => withAttribute(to, `xmlns:${freePrefix(root, ns)}`, ns), root)
  for (const namespace of missing) declared.set(namespace, freePrefix(root, namespace))
  const write: Writer = (namespace, local, body, attributes = {}) => {
    const prefix = declared.get(namespace)
    const tag = prefix ? `${prefix}:${local}` : local
    const children = typeof body === 'string' ? [body] : body
    return { tag, local, namespace, attributes: new Map(Object.entries(attributes)), children }
  }
  return { root: whole, write }
}

/** Somebody may use our prefix for something else, anywhere in the document: readXml lets a prefix mean one thing alone. */
function freePrefix(root: XmlElement, namespace: keyof typeof PREFIXES): string {
  const usual = PREFIXES[namespace]
  return usesPrefix(root, usual) ? `${usual}-of-skyreel` : usual
}

function usesPrefix(element: XmlElement, prefix: string): boolean {
  if (element.attributes.has(`xmlns:${prefix}`)) return true
  return element.children.some((node) => typeof node !== 'string' && usesPrefix(node, prefix))
}
