import { PROVIDERS, type Provider } from '../../core/billing/provider-objects.ts'
import type { ListedKind } from '../../core/ports/payments.ts'
import { LISTED_KINDS } from '../../core/webhooks/mirror.ts'
import { WrongSetting } from '../settings.ts'

/** What was asked for on the command line. */
export interface Words {
  readonly verb: string
  /** Of one webhook. */
  readonly id: string | undefined
  readonly provider: Provider
  readonly since: Date | undefined
  readonly kinds: readonly ListedKind[]
  readonly note: string | undefined
  readonly url: string | undefined
  readonly all: boolean
  readonly dryRun: boolean
}

const WITH_VALUE = ['since', 'provider', 'kind', 'note', 'url'] as const
const ALONE = ['dry-run', 'all', 'help'] as const
type Option = (typeof WITH_VALUE)[number] | (typeof ALONE)[number]

/** Reads the command line. Throws `WrongSetting` for a word that means nothing. */
export function readWords(words: readonly string[], now: Date): Words {
  const given = new Map<Option, string>()
  const plain: string[] = []
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? ''
    if (!word.startsWith('--')) plain.push(word)
    else if (takesValue(word)) given.set(takesValue(word) as Option, argumentAfter(words, ++at, word))
    else if (ALONE.some((name) => word === `--${name}`)) given.set(word.slice(2) as Option, '')
    else throw new WrongSetting(`There is no option ${word}. See: npm run billing -- --help`)
  }
  const [verb = '', id, ...more] = plain
  if (more.length > 0)
    throw new WrongSetting(`${more.join(' ')}: what is it for? See: npm run billing -- --help`)
  return {
    ...{ verb, id, note: given.get('note'), url: given.get('url') },
    ...{ provider: providerOf(given.get('provider')), since: sinceOf(given.get('since'), now) },
    ...{ kinds: kindsOf(given.get('kind')), all: given.has('all'), dryRun: given.has('dry-run') },
  }
}

const takesValue = (word: string) => WITH_VALUE.find((name) => word === `--${name}`)

function argumentAfter(words: readonly string[], at: number, option: string): string {
  const value = words[at]
  if (value === undefined || value.startsWith('--')) throw new WrongSetting(`${option} needs a value.`)
  return value
}

function providerOf(text = 'stripe'): Provider {
  const found = PROVIDERS.find((provider) => provider === text)
  if (!found) throw new WrongSetting(`--provider is one of ${PROVIDERS.join(', ')}, not ${text}.`)
  return found
}

function kindsOf(text: string | undefined): readonly ListedKind[] {
  if (text === undefined) return LISTED_KINDS
  const found = LISTED_KINDS.find((kind) => kind === text)
  if (!found) throw new WrongSetting(`--kind is one of ${LISTED_KINDS.join(', ')}, not ${text}.`)
  return [found]
}

const UNIT_MS = { h: 3_600_000, d: 86_400_000 } as const

/** `12h`, `7d`, or a date such as 2026-11-01. */
function sinceOf(text: string | undefined, now: Date): Date | undefined {
  if (text === undefined) return undefined
  const [, count, unit] = /^(\d{1,5})([hd])$/.exec(text) ?? []
  const ago = Number(count) * UNIT_MS[unit as 'h' | 'd']
  // To the full hour: the same words soon after find where the run before was cut off.
  if (count && unit) return new Date(Math.floor((now.getTime() - ago) / UNIT_MS.h) * UNIT_MS.h)
  const date = /^\d{4}-\d\d-\d\d/.test(text) ? new Date(text) : new Date(Number.NaN)
  if (Number.isNaN(date.getTime())) throw new WrongSetting(`--since is 12h, 7d or a date, not ${text}.`)
  return date
}
