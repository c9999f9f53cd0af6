import * as z from 'zod/mini'
import { pageQuery } from '../http/page.ts'
import { line, text } from '../http/text.ts'
import { VISIBILITIES } from '../video/model.ts'
import { Country, GenreSlug, Language, Moment, once, Year } from './fields.ts'
import { CREDIT_ROLES } from './model.ts'

const Time = z.iso.datetime()
const Kind = z.enum(['film', 'series'])
const Visibility = z.enum(VISIBILITIES)
const VideoRef = z.string().check(z.maxLength(64))
export const TitleCreate = z.strictObject({
  kind: Kind,
  name: line(1, 200),
  originalName: z.optional(line(1, 200)),
  synopsis: z.optional(text(0, 5000)),
  releaseYear: z.optional(Year),
  /** As the body that rated it writes it: `PG-13`, `FSK 12`. */
  ageRating: z.optional(line(1, 20)),
  languages: z.optional(once(Language, 50)),
  genres: z.optional(once(GenreSlug, 10)),
  visibility: z.optional(Visibility),
  /** Of a film alone: a video of one's own. */
  videoId: z.optional(VideoRef),
})
export type TitleCreate = z.infer<typeof TitleCreate>
/** `null` takes away what may be absent. */
export const TitleUpdate = z.strictObject({
  name: z.optional(line(1, 200)),
  originalName: z.optional(z.nullable(text(1, 200))),
  synopsis: z.optional(text(0, 5000)),
  releaseYear: z.optional(z.nullable(Year)),
  ageRating: z.optional(z.nullable(text(1, 20))),
  languages: z.optional(once(Language, 50)),
  genres: z.optional(once(GenreSlug, 10)),
  visibility: z.optional(Visibility),
  videoId: z.optional(z.nullable(VideoRef)),
})
export type TitleUpdate = z.infer<typeof TitleUpdate>

export const Credit = z
  .strictObject({
    name: line(1, 200),
    role: z.enum(CREDIT_ROLES),
    character: z.optional(line(1, 200)),
  })
  .check(
    z.refine(({ role, character }) => character === undefined || role === 'actor', {
      path: ['character'],
      error: 'is for actors alone',
    }),
  )
export type Credit = z.infer<typeof Credit>
/** In the order in which they are shown. */
export const Credits = z.strictObject({ items: z.array(Credit).check(z.maxLength(300)) })

export const AvailabilityWindow = z
  .strictObject({
    startsAt: Moment,
    /** The first moment after it. Left out: for ever. */
    endsAt: z.optional(Moment),
    /** Left out: everywhere. */
    countries: z.optional(once(Country, 249, 1)),
  })
  .check(
    z.refine(({ startsAt, endsAt }) => endsAt === undefined || Date.parse(startsAt) < Date.parse(endsAt), {
      path: ['endsAt'],
      error: 'must come after startsAt',
    }),
  )
export type AvailabilityWindow = z.infer<typeof AvailabilityWindow>
/** They may overlap; inside any of them is inside. None at all: always. */
export const AvailabilityWindows = z.strictObject({
  items: z.array(AvailabilityWindow).check(z.maxLength(100)),
})

export const SeasonPut = z.strictObject({ name: z.optional(line(1, 200)) })
export const EpisodePut = z.strictObject({
  name: line(1, 200),
  synopsis: z.optional(text(0, 5000)),
  /** A video of one's own. */
  videoId: z.optional(VideoRef),
})
export type EpisodePut = z.infer<typeof EpisodePut>

/** Absent until there is a video, and for others until it plays and is public. */
const linked = {
  videoId: z.optional(z.string()),
  durationSeconds: z.optional(z.number()),
  /** Signed for a few hours. */
  posterUrl: z.optional(z.string()),
}
export const Episode = z.object({ number: z.int(), name: z.string(), synopsis: z.string(), ...linked })
export type Episode = z.infer<typeof Episode>
export const Season = z.object({
  number: z.int(),
  name: z.optional(z.string()),
  episodes: z.array(Episode),
})
export type Season = z.infer<typeof Season>

const facts = {
  id: z.string(),
  kind: Kind,
  name: z.string(),
  originalName: z.optional(z.string()),
  synopsis: z.string(),
  releaseYear: z.optional(z.int()),
  ageRating: z.optional(z.string()),
  languages: z.array(z.string()),
  genres: z.array(GenreSlug),
  visibility: Visibility,
  ...linked,
  /** Whether the caller may change it. */
  mine: z.boolean(),
  createdAt: Time,
  updatedAt: Time,
}
export const TitleCard = z.object(facts)
export type TitleCard = z.infer<typeof TitleCard>
export const TitlePage = z.object({ items: z.array(TitleCard), nextCursor: z.optional(z.string()) })
export type TitlePage = z.infer<typeof TitlePage>
export const Title = z.object({
  ...facts,
  credits: z.array(Credit),
  /** Of a series. */
  seasons: z.optional(z.array(Season)),
  /** For the owner alone. */
  windows: z.optional(z.array(AvailabilityWindow)),
})
export type Title = z.infer<typeof Title>
/** `scope=mine` needs a token and is the default with one; `scope=public` lists what anybody may see now. */
export const TitleListQuery = z.strictObject({
  ...pageQuery,
  scope: z.optional(z.enum(['mine', 'public'])),
  kind: z.optional(Kind),
  genre: z.optional(GenreSlug),
})
export type TitleListQuery = z.infer<typeof TitleListQuery>
export const Genres = z.object({ items: z.array(z.object({ slug: GenreSlug, name: z.string() })) })
