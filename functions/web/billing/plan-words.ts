import type { Plan, PlanPrice, Subscription } from '../../../core/billing/wire.ts'
import { METERS, type MeterName } from '../../../core/usage/model.ts'
import { money } from '../kit/money.ts'

const FEATURES: Readonly<Record<string, string>> = {
  'premium-titles': 'All films for subscribers',
  hd: 'High definition',
  uhd: 'Ultra high definition',
  'four-screens': 'Four screens at once',
  organisation: 'For your whole team',
  'priority-transcoding': 'Your films are transcoded first',
  'revenue-share': 'A share of what viewers pay',
}
/** A feature that these pages do not know yet is called by its key. */
export const featureWords = (key: string): string => FEATURES[key] ?? sentence(key.replaceAll('-', ' '))
const RANKS = Object.keys(FEATURES)
/** The weightiest first; those without a place come last. */
export const byWeight = (a: string, b: string): number => rankOf(a) - rankOf(b)
const rankOf = (key: string) => (RANKS.indexOf(key) + RANKS.length + 1) % (RANKS.length + 1)
const sentence = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

const isMeterName = (name: string): name is MeterName => Object.hasOwn(METERS, name)
/** What one unit of a meter is. */
const UNITS: { readonly [M in MeterName]: string } = {
  minutes_stored: 'minute stored for an hour',
  minutes_streamed: 'minute streamed',
  minutes_transcoded: 'minute transcoded',
  api_requests: 'request',
}
export const meterUnit = (meter: string): string => (isMeterName(meter) ? UNITS[meter] : 'unit')
export const meterName = (meter: string): string => (isMeterName(meter) ? METERS[meter].says : meter)

type Every = Pick<PlanPrice, 'interval'> & { readonly intervalCount: number | null }
/** `a month`, `every 3 months`. */
export function every({ interval, intervalCount }: Every): string {
  if (interval === null) return ''
  return (intervalCount ?? 1) === 1 ? `a ${interval}` : `every ${intervalCount} ${interval}s`
}

/** In a currency, where it is sold in it. */
export const amountIn = (price: PlanPrice, currency: string): number | undefined => price.currencies[currency]

/** How much less a year costs than twelve months, in whole percent. */
export function savingOf({ prices }: Plan, currency: string): number {
  const of = (interval: 'month' | 'year') => {
    const price = prices.find((one) => one.interval === interval && one.intervalCount === 1)
    return price && amountIn(price, currency)
  }
  const [month, year] = [of('month'), of('year')]
  if (!month || year === undefined) return 0
  return Math.max(0, Math.floor(((month * 12 - year) * 100) / (month * 12)))
}

/** What a subscription costs each period, before what is billed by use. */
export function costWords(subscription: Subscription): string {
  const { amountMinor, currency, quantity } = subscription
  if (amountMinor === null) return 'Billed by use'
  const count = quantity > 1 ? ` for ${quantity}` : ''
  return `${money(amountMinor, currency)} ${every(subscription)}${count}`
}
