import * as z from 'zod/mini'

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/

/** Text as people write it: trimmed, NFC, no control characters (PostgreSQL refuses NUL), `min..max` characters. */
export const text = (min: number, max: number) =>
  z.pipe(
    z.string().check(
      z.maxLength(max * 4, `may be ${max} characters at most`),
      z.refine(
        (s) => !CONTROL.test(s) && s.isWellFormed(),
        'may not hold control characters or broken surrogates',
      ),
    ),
    z.pipe(
      z.transform((s: string) => s.normalize('NFC').trim()),
      z
        .string()
        .check(
          z.minLength(min, min === 1 ? 'may not be empty' : `must be at least ${min} characters`),
          z.maxLength(max, `may be ${max} characters at most`),
        ),
    ),
  )

/** One line of text that can be seen: as `text`, with line breaks and runs of spaces as one space. */
export const line = (min: number, max: number) =>
  z.pipe(
    text(min, max),
    z.pipe(
      z.transform((s: string) => s.replace(/\s+/g, ' ')),
      // The bounds once more: the API's description reads them off the last schema.
      z.string().check(
        z.minLength(min),
        z.maxLength(max),
        z.refine((s) => min === 0 || VISIBLE.test(s), 'must hold something that can be seen'),
      ),
    ),
  )
const VISIBLE = /[^\p{Z}\p{C}]/u

/** A whole number in a query: digits only, `min..max`. */
export const wholeNumber = (min: number, max: number) =>
  z.pipe(
    z.string().check(z.regex(/^\d{1,9}$/, 'must be a whole number')),
    z.pipe(
      z.transform(Number),
      z.int().check(z.gte(min, `must be at least ${min}`), z.lte(max, `may be ${max} at most`)),
    ),
  )
