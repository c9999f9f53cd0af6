import { timingSafeEqual } from 'node:crypto'
import { WebhookRefused } from '../../core/ports/payments.ts'

/** Compares in a time that tells nothing of where two texts differ. */
export function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  return a.length === b.length && timingSafeEqual(a, b)
}

/** Old and future alike: a clock that runs ahead must not let a delivery be replayed longer. */
export function refuseStale(signedAt: Date, now: Date, toleranceSeconds: number): void {
  const age = Math.floor((now.getTime() - signedAt.getTime()) / 1000)
  if (age > toleranceSeconds) throw new WebhookRefused('too-old', `signed ${age} seconds ago`)
  if (age < -toleranceSeconds) throw new WebhookRefused('too-new', `signed ${-age} seconds ahead`)
}
