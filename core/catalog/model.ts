/** A film is one video; a series has seasons of episodes, each with its own. A title never changes its kind. */
export type TitleKind = 'film' | 'series'

/** The genres that a title may carry, by slug. A list of our own and not free tags: one genre has one name to filter by. */
export const GENRES = {
  action: 'Action',
  adventure: 'Adventure',
  animation: 'Animation',
  biography: 'Biography',
  children: 'Children',
  comedy: 'Comedy',
  crime: 'Crime',
  documentary: 'Documentary',
  drama: 'Drama',
  education: 'Education',
  family: 'Family',
  fantasy: 'Fantasy',
  history: 'History',
  horror: 'Horror',
  lifestyle: 'Lifestyle',
  music: 'Music',
  mystery: 'Mystery',
  news: 'News',
  reality: 'Reality',
  romance: 'Romance',
  'science-fiction': 'Science fiction',
  short: 'Short film',
  sport: 'Sport',
  talk: 'Talk',
  thriller: 'Thriller',
  war: 'War',
  western: 'Western',
} as const
export type Genre = keyof typeof GENRES

/** What somebody did for a title. Only an `actor` plays a character. */
export const CREDIT_ROLES = [
  'actor',
  'director',
  'writer',
  'producer',
  'composer',
  'cinematographer',
  'editor',
  'presenter',
  'other',
] as const
export type CreditRole = (typeof CREDIT_ROLES)[number]

/** One answer holds a whole title, so its parts are bounded. */
export const MAX_SEASONS = 100
export const MAX_EPISODES = 2000
