import type { PlannedFunction } from './plan.ts'

/** What the key that wraps the keys of films is called, where a cloud lets us name it. Destroyed, every protected film is lost. */
export const FILMS_KEY = 'films'

/**
 * Days after which the cloud renews it by itself. The schedule `key-rotation` then wraps anew what an older version has
 * wrapped; the older ones stay, for backups of the database name them. A version costs for as long as it is there.
 */
export const RENEWED_DAYS = 365

/** Whether a function is told of the key: who neither wraps nor unwraps does not even know its name. */
export const knowsFilmsKey = ({ uses }: Pick<PlannedFunction, 'uses'>): boolean =>
  (uses.keyVault ?? []).length > 0

/** What tells a function which key: `key` is the cloud's own name of it. */
export const filmsKeyVariables = (
  fn: Pick<PlannedFunction, 'uses'>,
  key: string,
): Readonly<Record<string, string>> => (knowsFilmsKey(fn) ? { SKYREEL_KEY_VAULT_KEY: key } : {})
