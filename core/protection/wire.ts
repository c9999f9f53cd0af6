import * as z from 'zod/mini'
import { PROTECTIONS } from './model.ts'

export const ProtectionChange = z.strictObject({
  protection: z.enum(PROTECTIONS),
  /** Encrypt with fresh keys although the protection stays the same. A clear film has none. */
  newKeys: z.optional(z.boolean()),
})
