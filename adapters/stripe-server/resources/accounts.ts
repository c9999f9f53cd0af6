import { settingsOf } from '../engine/settings.ts'
import type { StrictOperation } from '../operation-table.ts'
import { listOf } from '../paging.ts'
import type { Params, Store, StripeFailure, StripeObject } from '../store.ts'
import { change, existing, invalid, listed, make, metadata, text, word } from './fields.ts'

const OPEN_REQUIREMENTS = [
  'business_type',
  'external_account',
  'individual.first_name',
  'tos_acceptance.date',
]
const LINK_SECONDS = 300
const FIELDS = [
  'email',
  'metadata',
  'business_type',
  'business_profile',
  'capabilities',
  'settings',
  'individual',
]

/** Connected accounts: those of the people who are paid. https://docs.stripe.com/api/accounts */
export const accountOperations: readonly StrictOperation[] = [
  {
    method: 'POST',
    path: '/v1/accounts',
    accepts: [...FIELDS, 'type', 'country', 'controller'],
    run: (store, { params }) => makeAccount(store, params),
  },
  {
    method: 'GET',
    path: '/v1/accounts',
    accepts: ['limit', 'starting_after', 'ending_before', 'created'],
    run: (store, { params }) => listOf('/v1/accounts', listed(store, 'account', { params })),
  },
  {
    method: 'GET',
    path: '/v1/accounts/:id',
    accepts: [],
    run: (store, { path }) => existing(store, 'account', path.id),
  },
  {
    method: 'POST',
    path: '/v1/accounts/:id',
    accepts: FIELDS,
    run(store, { path, params }) {
      const before = existing(store, 'account', path.id)
      const fields = {
        email: text(params, 'email'),
        business_type: text(params, 'business_type'),
        metadata: metadata(params, before.metadata),
      }
      return change(store, 'account.updated', { before, fields })
    },
  },
  {
    method: 'DELETE',
    path: '/v1/accounts/:id',
    accepts: [],
    run(store, { path }) {
      const { id } = existing(store, 'account', path.id)
      store.remove(id)
      return { id, object: 'account', deleted: true }
    },
  },
  {
    method: 'GET',
    path: '/v1/account',
    accepts: [],
    run: (store, { account }) => (account ? existing(store, 'account', account) : platformAccount()),
  },
  {
    method: 'POST',
    path: '/v1/account_links',
    accepts: ['account', 'type', 'refresh_url', 'return_url', 'collect', 'collection_options'],
    requires: ['account', 'type'],
    run: (store, { params }) => makeLink(store, params),
  },
]

/** Our own account, whose id comes in events where a provider names it. */
export function platformAccount(): StripeObject {
  return {
    id: 'acct_skyreelplatform00',
    object: 'account',
    charges_enabled: true,
    payouts_enabled: true,
    details_submitted: true,
    country: 'US',
    default_currency: 'usd',
    type: 'standard',
    metadata: {},
  }
}

/** What the onboarding page does when all questions are answered. */
export function completeOnboarding(store: Store, accountId: string): StripeObject {
  const before = existing(store, 'account', accountId)
  const fields = {
    charges_enabled: true,
    details_submitted: true,
    payouts_enabled: true,
    capabilities: { card_payments: 'active', transfers: 'active' },
    requirements: requirements([]),
  }
  return change(store, 'account.updated', { before, fields })
}

/** The link that a page was opened by, while it is good: it is for one visit. */
export function onboardingLink(store: Store, id: string): StripeObject | undefined {
  const link = store.get(id)
  return link?.object === 'skyreel.account_link' && Number(link.expires_at) > store.now() ? link : undefined
}

function makeAccount(store: Store, params: Params): StripeObject {
  const type = word(params, 'type', ['express', 'standard', 'custom']) ?? 'express'
  const country = (text(params, 'country') ?? 'US').toUpperCase()
  if (!/^[A-Z]{2}$/.test(country)) throw invalid('country', `Invalid country: ${country}`)
  return make(store, 'account.updated', {
    id: store.newId('acct').slice(0, 21),
    object: 'account',
    business_profile: null,
    business_type: text(params, 'business_type') ?? null,
    capabilities: { card_payments: 'inactive', transfers: 'inactive' },
    charges_enabled: false,
    country,
    created: store.now(),
    default_currency: CURRENCIES[country] ?? 'eur',
    details_submitted: false,
    email: text(params, 'email') ?? null,
    external_accounts: { object: 'list', data: [], has_more: false, url: '' },
    metadata: metadata(params),
    payouts_enabled: false,
    requirements: requirements(OPEN_REQUIREMENTS),
    settings: { payouts: { schedule: { delay_days: 2, interval: 'daily' } } },
    type,
  })
}

const CURRENCIES: Readonly<Record<string, string>> = {
  US: 'usd',
  GB: 'gbp',
  CH: 'chf',
  JP: 'jpy',
  AU: 'aud',
  CA: 'cad',
}

function requirements(due: readonly string[]): Record<string, unknown> {
  return {
    alternatives: [],
    current_deadline: null,
    currently_due: due,
    disabled_reason: due.length ? 'requirements.past_due' : null,
    errors: [],
    eventually_due: due,
    past_due: due,
    pending_verification: [],
  }
}

function makeLink(store: Store, params: Params): StripeObject {
  const { id: account } = existing(store, 'account', text(params, 'account') ?? '', 'account')
  if (text(params, 'type') === 'account_onboarding') {
    for (const name of ['refresh_url', 'return_url'])
      if (!URL.canParse(text(params, name) ?? '')) throw noUrl(name)
  }
  const id = store.newId('aln')
  const expires = store.now() + LINK_SECONDS
  const urls = {
    return_url: text(params, 'return_url') ?? null,
    refresh_url: text(params, 'refresh_url') ?? null,
  }
  store.put({ id, object: 'skyreel.account_link', account, expires_at: expires, ...urls })
  const url = `${settingsOf(store).origin}/onboard/${id}`
  return { object: 'account_link', created: store.now(), expires_at: expires, url } as unknown as StripeObject
}

function noUrl(param: string): StripeFailure {
  return invalid(param, `Not a valid URL: ${param}`, 'url_invalid')
}
