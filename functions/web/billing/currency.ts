import type { Plan } from '../../../core/billing/wire.ts'

const KEPT = 'skyreel.currency'
/** Where the browser's language says who pays in what; all others are asked in euro. */
const BY_REGION: Readonly<Record<string, string>> = { US: 'usd', GB: 'gbp', JP: 'jpy' }

export function currenciesOf(plans: readonly Plan[]): readonly string[] {
  const all = plans.flatMap(({ prices }) => prices.flatMap(({ currencies }) => Object.keys(currencies)))
  return [...new Set(all)].sort()
}

/** The one that was chosen before, else that of the browser's region, else euro, else whatever there is. */
export function firstCurrency(sold: readonly string[]): string {
  const region = new Intl.Locale(navigator.language).region ?? ''
  const wanted = [localStorage.getItem(KEPT), BY_REGION[region], 'eur']
  return wanted.find((code) => code != null && sold.includes(code)) ?? sold[0] ?? 'eur'
}

export const keepCurrency = (code: string): void => localStorage.setItem(KEPT, code)
