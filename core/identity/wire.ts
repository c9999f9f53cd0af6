import * as z from 'zod/mini'
import { line, text } from '../http/text.ts'

export const Email = z.pipe(
  text(3, 254),
  z.pipe(
    z.transform((s: string) => s.toLowerCase()),
    z.string().check(z.regex(/^[^\s@]+@[^\s@]+\.[^\s@]+$/, 'must be an e-mail address')),
  ),
)
/** No composition rules, no trimming, no case folding (OWASP ASVS 5.0 6.2.5, 6.2.8). */
const Password = z
  .string()
  .check(z.minLength(8, 'must be at least 8 characters'), z.maxLength(128, 'may be 128 characters at most'))

export const Signup = z.strictObject({ email: Email, password: Password, name: z.optional(line(1, 100)) })
export const Login = z.strictObject({ email: Email, password: z.string().check(z.maxLength(128)) })
/** Browsers leave it out: their refresh token travels in an HttpOnly cookie. */
export const Refresh = z.strictObject({ refreshToken: z.optional(z.string().check(z.maxLength(200))) })
export const User = z.object({
  id: z.string(),
  email: z.string(),
  name: z.string(),
  createdAt: z.iso.datetime(),
})
export type User = z.infer<typeof User>
export const Tokens = z.object({
  accessToken: z.string(),
  tokenType: z.literal('Bearer'),
  expiresInSeconds: z.int(),
  refreshToken: z.string(),
  user: User,
})
export type Tokens = z.infer<typeof Tokens>
/** `refreshToken` is absent where the old one came in the cookie: script that runs in a page cannot read the new one. */
export const Refreshed = z.object({
  accessToken: z.string(),
  tokenType: z.literal('Bearer'),
  expiresInSeconds: z.int(),
  refreshToken: z.optional(z.string()),
  user: User,
})
export type Refreshed = z.infer<typeof Refreshed>
/** Public keys that verify access tokens (RFC 7517). */
export const KeySet = z.object({
  keys: z.array(
    z.object({
      kty: z.string(),
      crv: z.string(),
      x: z.string(),
      kid: z.string(),
      alg: z.string(),
      use: z.string(),
    }),
  ),
})
