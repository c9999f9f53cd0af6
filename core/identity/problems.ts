import { conflict, Problem } from '../http/problem.ts'

/** 401 with the RFC 6750 challenge that clients look for. */
function refused(code: string, detail: string, options?: ErrorOptions): Problem {
  const headers = { 'www-authenticate': 'Bearer error="invalid_token"' }
  return new Problem({ status: 401, code, title: 'Sign in first', detail, headers }, options)
}

export const tokenExpired = (cause?: unknown) =>
  refused('token-expired', 'The access token has expired: refresh it.', { cause })
/** One sentence for every defect: which check failed is no business of a forger. */
export const tokenInvalid = (cause?: unknown) =>
  refused('token-invalid', 'The access token is not one of ours.', { cause })
export const sessionEnded = () => refused('session-ended', 'This session has ended: sign in again.')

export const wrongCredentials = () =>
  new Problem({
    status: 401,
    code: 'wrong-credentials',
    title: 'Wrong credentials',
    detail: 'The e-mail address or the password is wrong.',
  })
export const emailTaken = () => conflict('email-taken', 'There is an account with this e-mail address.')

export const signupClosed = () =>
  new Problem({
    status: 403,
    code: 'signup-closed',
    title: 'Signing up is closed',
    detail: 'New accounts cannot be made here at present. Who has one can sign in.',
  })

export const refreshMissing = () =>
  refused('refresh-missing', 'Send a refresh token in the body or in the cookie.')
export const refreshInvalid = () => refused('refresh-invalid', 'The refresh token is not one of ours.')
export const refreshReused = () =>
  refused(
    'refresh-reused',
    'The refresh token was used before: the session was ended to be safe. Sign in again.',
  )
export const refreshRepeated = () =>
  conflict('refresh-repeated', 'The refresh token was just exchanged: try again with the newest one.')
