export type Attributes = Readonly<Record<string, string>>
export type Filter = (attributes: Attributes) => boolean

const TOKEN =
  /\s*(attributes[.:](?:[\w-]+|"(?:[^"\\]|\\.)*")|hasPrefix|AND\b|OR\b|NOT\b|!=|=|[(),]|"(?:[^"\\]|\\.)*")/y
const MAX_BYTES = 256

/**
 * Pub/Sub's filter syntax, as strict: AND and OR in one expression need parentheses.
 * https://cloud.google.com/pubsub/docs/subscription-message-filter
 */
export function parseFilter(text: string): Filter {
  if (Buffer.byteLength(text) > MAX_BYTES) throw new Error(`the filter is longer than ${MAX_BYTES} bytes`)
  if (text === '') return () => true
  const tokens = tokensOf(text)
  const filter = readExpression(tokens)
  if (tokens.length > 0) throw new Error(`the filter cannot be read from ${tokens[0]} on: ${text}`)
  return filter
}

function tokensOf(text: string): string[] {
  const tokens: string[] = []
  for (let at = 0; at < text.trimEnd().length; ) {
    TOKEN.lastIndex = at
    const found = TOKEN.exec(text)
    if (!found?.[1]) throw new Error(`the filter cannot be read from character ${at} on: ${text}`)
    tokens.push(found[1])
    at = TOKEN.lastIndex
  }
  return tokens
}

function readExpression(tokens: string[]): Filter {
  const terms = [readTerm(tokens)]
  const word = tokens[0]
  if (word !== 'AND' && word !== 'OR') return terms[0] as Filter
  while (tokens[0] === word) {
    tokens.shift()
    terms.push(readTerm(tokens))
  }
  if (tokens[0] === 'AND' || tokens[0] === 'OR') throw new Error('AND and OR are mixed without parentheses')
  return (attributes) =>
    word === 'AND' ? terms.every((term) => term(attributes)) : terms.some((term) => term(attributes))
}

function readTerm(tokens: string[]): Filter {
  const token = tokens.shift()
  if (token === 'NOT') {
    const term = readTerm(tokens)
    return (attributes) => !term(attributes)
  }
  if (token === '(') {
    const inner = readExpression(tokens)
    if (tokens.shift() !== ')') throw new Error('a parenthesis is not closed')
    return inner
  }
  return readComparison(token ?? '', tokens)
}

function readComparison(token: string, tokens: string[]): Filter {
  const [, kind, key] = /^attributes([.:])(.*)$/.exec(token) ?? []
  if (kind === undefined || key === undefined) throw new Error(`not a condition: ${token}`)
  const name = key.startsWith('"') ? String(JSON.parse(key)) : key
  if (kind === ':') return (attributes) => Object.hasOwn(attributes, name)
  const operator = tokens.shift()
  const literal = tokens.shift() ?? ''
  if ((operator !== '=' && operator !== '!=') || !literal.startsWith('"'))
    throw new Error(`a comparison needs = or != and a string: ${token}`)
  const value = String(JSON.parse(literal))
  return (attributes) => (attributes[name] === value) === (operator === '=')
}
