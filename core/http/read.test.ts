import { describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { type FieldError, Problem } from './problem.ts'
import { read } from './read.ts'
import { text, wholeNumber } from './text.ts'

const Film = z.strictObject({
  title: text(1, 10),
  seconds: z.optional(z.int().check(z.gte(0))),
  tags: z.optional(z.array(z.object({ name: z.string() })).check(z.maxLength(2))),
  kind: z.optional(z.enum(['film', 'clip'])),
})

function errors(value: unknown): readonly FieldError[] {
  try {
    read(Film, value, 'body')
  } catch (error) {
    if (error instanceof Problem) return error.facts.errors ?? []
    throw error
  }
  return []
}

describe('reading input', () => {
  it('answers the value as the schema makes it', () => {
    expect(read(Film, { title: '  Sea ' }, 'body')).toEqual({ title: 'Sea' })
  })
  it('names a missing field as required', () => {
    expect(errors({})).toEqual([{ field: 'body.title', rule: 'required', message: 'is required' }])
  })
  it('tells a field of the wrong type from a missing one', () => {
    expect(errors({ title: 5 })).toEqual([
      { field: 'body.title', rule: 'type', message: 'must be of type string' },
    ])
  })
  it('refuses null for an object', () => {
    expect(errors(null)).toEqual([{ field: 'body', rule: 'type', message: 'must be of type object' }])
  })
  it('says in words that a number must be whole', () => {
    expect(errors({ title: 'a', seconds: 1.5 })[0]?.message).toBe('must be a whole number')
  })
  it('names a field inside a list by its path', () => {
    expect(errors({ title: 'a', tags: [{ name: 'x' }, {}] })[0]?.field).toBe('body.tags.1.name')
  })
  it('names each broken rule of several fields', () => {
    expect(errors({ title: '', kind: 'song' }).map((e) => `${e.field} ${e.rule}`)).toEqual([
      'body.title too_small',
      'body.kind one_of',
    ])
  })
  it('names fields that it does not know', () => {
    expect(errors({ title: 'a', tilte: 'b' })).toEqual([
      { field: 'body', rule: 'unknown_field', message: 'has unknown fields: tilte' },
    ])
  })
  it('treats __proto__ as any unknown field', () => {
    expect(errors(JSON.parse('{"title":"a","__proto__":{"admin":true}}'))[0]?.rule).toBe('unknown_field')
  })
  it('lists twenty errors at most', () => {
    const Many = z.object(Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`f${i}`, z.string()])))
    expect(() => read(Many, {}, 'body')).toThrow(
      expect.objectContaining({
        facts: expect.objectContaining({ errors: expect.objectContaining({ length: 20 }) }),
      }),
    )
  })
})

describe('text', () => {
  const ok = (value: unknown) => z.safeParse(text(1, 5), value)
  it('is trimmed and composed', () => {
    expect(ok(' e\u0301 ').data).toBe('é')
  })
  it('counts its length after trimming', () => {
    expect(ok('  abcde  ').success).toBe(true)
  })
  it('of blanks alone is empty', () => {
    expect(ok('   ').success).toBe(false)
  })
  it('refuses a NUL, which PostgreSQL cannot store', () => {
    expect(ok('a\u0000b').success).toBe(false)
  })
  it('refuses half of a surrogate pair', () => {
    expect(ok('a\ud800').success).toBe(false)
  })
  it('keeps markup and quotes as they are: it is text', () => {
    expect(z.parse(text(1, 50), `<b>'; drop table`)).toBe(`<b>'; drop table`)
  })
})

describe('a whole number in a query', () => {
  const parse = (value: string) => z.safeParse(wholeNumber(1, 100), value)
  it('is read from digits', () => {
    expect(parse('42').data).toBe(42)
  })
  it.each(['0', '101', '-1', '1.5', '1e1', '0x10', '', ' 5', '٣', '9999999999'])(
    'is not read from %j',
    (value) => {
      expect(parse(value).success).toBe(false)
    },
  )
})
