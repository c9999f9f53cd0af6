import { describe, expect, it } from 'vitest'
import { JSON_MAX_BYTES, JSON_MAX_DEPTH, readJsonBody } from './json-body.ts'
import { Problem } from './problem.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const nested = (levels: number) => bytes('['.repeat(levels) + ']'.repeat(levels))

function refusal(body: Uint8Array, type: string | undefined = 'application/json', max?: number): string {
  try {
    readJsonBody(body, type, max)
  } catch (error) {
    if (error instanceof Problem) return `${error.facts.status} ${error.facts.code}`
    throw error
  }
  return 'taken'
}

describe('a JSON body', () => {
  it('is read as the value that was sent', () => {
    expect(readJsonBody(bytes('{"title":"Öl [ } \\" ["}'), 'application/json; charset=utf-8')).toEqual({
      title: 'Öl [ } " [',
    })
  })
  it('may carry a media type with a +json suffix', () => {
    expect(refusal(bytes('{}'), 'application/merge-patch+json')).toBe('taken')
  })
  it('is refused by size before it is parsed', () => {
    expect(refusal(new Uint8Array(JSON_MAX_BYTES + 1))).toBe('413 body-too-large')
  })
  it('of exactly the limit is taken', () => {
    expect(refusal(bytes(`"${'x'.repeat(8)}"`), 'application/json', 10)).toBe('taken')
  })
  it('of another type is refused', () => {
    expect(refusal(bytes('{}'), 'text/plain')).toBe('415 unsupported-media-type')
  })
  it('of no type is refused', () => {
    expect(refusal(bytes('{}'), '')).toBe('415 unsupported-media-type')
  })
  it('that nests as deep as allowed is read', () => {
    expect(refusal(nested(JSON_MAX_DEPTH))).toBe('taken')
  })
  it('that nests one level too deep is refused', () => {
    expect(refusal(nested(JSON_MAX_DEPTH + 1))).toBe('400 json-too-deep')
  })
  it('of a hundred thousand brackets is refused and not recursed into', () => {
    expect(refusal(bytes('['.repeat(100_000)))).toBe('400 json-too-deep')
  })
  it('may hold brackets in its strings without counting as deep', () => {
    expect(refusal(bytes(JSON.stringify('[{'.repeat(1000))))).toBe('taken')
  })
  it('with a byte that is no UTF-8 is refused, not repaired', () => {
    expect(refusal(new Uint8Array([0x22, 0xff, 0x22]))).toBe('400 invalid-utf8')
  })
  it('that is cut off is refused', () => {
    expect(refusal(bytes('{"title":'))).toBe('400 invalid-json')
  })
  it('that is empty is refused', () => {
    expect(refusal(bytes(''))).toBe('400 invalid-json')
  })
})
