import type { MeterName } from '../usage/model.ts'
import { currencyOf, type Money } from './money.ts'
import type { PlanDraft } from './payment-requests.ts'

type Amounts = Readonly<Record<string, number>>
type PriceDraft = PlanDraft['prices'][number]

const moneys = (amounts: Amounts): Money[] =>
  Object.entries(amounts).map(([code, amountMinor]) => ({ amountMinor, currency: currencyOf(code) }))

/** A year costs ten months. */
const monthlyAndYearly = (key: string, month: Amounts, yearTrialDays: number | null): PriceDraft[] => [
  { key: `${key}-month`, interval: 'month', amounts: moneys(month), trialDays: null },
  {
    key: `${key}-year`,
    interval: 'year',
    amounts: moneys(Object.fromEntries(Object.entries(month).map(([code, minor]) => [code, minor * 10]))),
    trialDays: yearTrialDays,
  },
]

/** A price a currency: a fraction of its smallest unit cannot be said of several currencies in one price. */
const useIn = (code: string, decimals: Readonly<Record<MeterName, string>>): PriceDraft[] =>
  Object.entries(decimals).map(([meter, unitAmountDecimal]) => ({
    key: `use-${meter.replaceAll('_', '-')}-${code}`,
    interval: 'month',
    amounts: moneys({ [code]: 0 }),
    trialDays: null,
    meter,
    unitAmountDecimal,
  }))
const IN_CENTS = {
  minutes_stored: '0.0005',
  minutes_streamed: '0.1',
  minutes_transcoded: '1.5',
  api_requests: '0.0004',
} as const
const IN_YEN = {
  minutes_stored: '0.0008',
  minutes_streamed: '0.16',
  minutes_transcoded: '2.4',
  api_requests: '0.0006',
} as const

const studioMonth = (key: string, amounts: Amounts, trialDays: number | null): PriceDraft => ({
  key: `${key}-month`,
  interval: 'month',
  amounts: moneys(amounts),
  trialDays,
})

/** What a new platform sells until its business says otherwise. Prices are before tax. */
export const DEFAULT_PLANS: readonly PlanDraft[] = [
  {
    key: 'basic',
    name: 'Basic',
    description: 'All films for subscribers, in HD, on one screen.',
    audience: 'viewer',
    features: ['premium-titles', 'hd'],
    rank: 10,
    prices: monthlyAndYearly('basic', { eur: 599, usd: 699, gbp: 499, jpy: 990 }, null),
  },
  {
    key: 'premium',
    name: 'Premium',
    description: 'All films for subscribers, in UHD, on four screens. A year begins with 14 days for free.',
    audience: 'viewer',
    features: ['premium-titles', 'hd', 'uhd', 'four-screens'],
    rank: 20,
    prices: monthlyAndYearly('premium', { eur: 1199, usd: 1299, gbp: 999, jpy: 1990 }, 14),
  },
  {
    key: 'studio',
    name: 'Studio',
    description: 'For a team that publishes films. Storage, streaming and transcoding are billed by use.',
    audience: 'organisation',
    features: ['organisation'],
    rank: 30,
    prices: [studioMonth('studio', { eur: 2900, usd: 3200, gbp: 2500, jpy: 4800 }, 14)],
  },
  {
    key: 'studio-plus',
    name: 'Studio Plus',
    description:
      'For publishers: films are transcoded first, and viewers’ money is shared. Use is billed as for Studio.',
    audience: 'organisation',
    features: ['organisation', 'priority-transcoding', 'revenue-share'],
    rank: 40,
    prices: [studioMonth('studio-plus', { eur: 9900, usd: 10_900, gbp: 8500, jpy: 15_800 }, null)],
  },
  {
    // Billed along with either, and the same when one is changed for the other.
    key: 'studio-use',
    name: 'Use',
    description: 'Storage, streaming, transcoding and requests of a studio.',
    audience: 'organisation',
    features: [],
    rank: 50,
    prices: [...['eur', 'usd', 'gbp'].flatMap((code) => useIn(code, IN_CENTS)), ...useIn('jpy', IN_YEN)],
  },
]
