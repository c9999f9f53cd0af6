import type { Ask } from './http.ts'
import { authorized } from './session.ts'

/** Asks as whoever is signed in; the answer's JSON. Throws `ApiProblem` or `Unreachable`. */
export async function json<T>(request: Ask): Promise<T> {
  return (await (await authorized(request)).json()) as T
}
