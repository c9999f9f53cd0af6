import * as z from 'zod/mini'
import { canonicalLanguageTag, isLanguageTag } from '../video/caption-file.ts'
import { isCountry } from './countries.ts'
import { GENRES, type Genre } from './model.ts'

export const GenreSlug = z.enum(Object.keys(GENRES) as [Genre, ...Genre[]])

/** A BCP 47 tag, written as it usually is: `EN-us` becomes `en-US`. */
export const Language = z.pipe(
  z.string().check(z.refine(isLanguageTag, 'must be a BCP 47 tag such as en or pt-BR')),
  z.pipe(
    z.transform((tag: string) => canonicalLanguageTag(tag) ?? tag),
    z.string(),
  ),
)

export const Country = z
  .string()
  .check(z.refine(isCountry, 'must be a country code of ISO 3166-1 alpha-2 such as DE'))

/** The first film was shot in 1888. */
export const Year = z.int().check(z.gte(1888, 'must be 1888 or later'), z.lte(2100, 'may be 2100 at most'))

/** PostgreSQL has no year 0000, which the form of a date allows. */
export const Moment = z.iso
  .datetime('must be a time in UTC such as 2026-01-31T18:00:00Z')
  .check(z.refine((time) => time >= '1900', 'must be 1900 or later'))

/** A list that names nothing twice. */
export const once = <T extends z.core.$ZodType>(item: T, max: number, min = 0) =>
  z.array(item).check(
    z.minLength(min),
    z.maxLength(max),
    z.refine((items) => new Set(items).size === items.length, 'may name each one once'),
  )
