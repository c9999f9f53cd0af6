import * as z from 'zod/mini'
import { PaymentUnavailable } from '../../core/ports/payments.ts'

/** An answer in its form. What is of another form is a failure that an operator sees: nothing is guessed. */
export function answerIn<T>(title: string, text: string, form: z.ZodMiniType<T>): T {
  const read = z.safeParse(form, jsonOrNull(text))
  if (read.success) return read.data
  const where = read.error.issues.map(({ path, code }) => `${path.join('.')} (${code})`).join(', ')
  // Without the cause: it holds what the provider said of a person.
  throw new PaymentUnavailable(`${title} answers what cannot be read: ${where}`)
}

export function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
