/** An element as its lines, indented as it stands alone. */
export type Xml = readonly string[]

/** Writes one element; attribute values and text are escaped, characters that XML 1.0 cannot hold are left out. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string>>,
  body: readonly Xml[] | string = [],
): Xml {
  const open = [
    name,
    ...Object.entries(attributes).map(([key, value]) => `${key}="${escapeXml(value)}"`),
  ].join(' ')
  if (typeof body === 'string') return [`<${open}>${escapeXml(body)}</${name}>`]
  if (body.length === 0) return [`<${open}/>`]
  return [`<${open}>`, ...body.flat().map((line) => `  ${line}`), `</${name}>`]
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
}

function escapeXml(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is left out
  const allowed = text.toWellFormed().replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
  return allowed.replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char)
}
