import { ApiProblem, isProblem } from '../kit/problem.ts'

/** Codes of shaka-player (shaka-player-demo.appspot.com/docs/api/shaka.util.Error.html). */
const LICENSE_REQUEST_FAILED = 6007
const BAD_HTTP_STATUS = 1001

/** The problem that our own licence server answered with, where that is what stopped the player. */
export function licenseRefusal(error: unknown): ApiProblem | undefined {
  const failed = dataOf(error, LICENSE_REQUEST_FAILED)?.[0]
  const answer = dataOf(failed, BAD_HTTP_STATUS)?.[2]
  const facts = typeof answer === 'string' ? parsed(answer) : undefined
  return isProblem(facts) ? new ApiProblem(facts) : undefined
}

function dataOf(error: unknown, code: number): readonly unknown[] | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error) || error.code !== code)
    return undefined
  return 'data' in error && Array.isArray(error.data) ? error.data : undefined
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // A page of a proxy, say: no problem of ours.
    return undefined
  }
}
