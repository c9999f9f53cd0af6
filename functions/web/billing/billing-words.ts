import { hasCode, words } from '../kit/problem.ts'

/** What a person can do about a refusal, where the API's own sentence is made for programs. */
const SENTENCES: Readonly<Record<string, string>> = {
  'already-subscribed': 'You have a plan already. You can change it in your account.',
  'operation-in-progress': 'Something about your plan is still being done. Try again in a minute.',
  'outcome-unknown':
    'It is not certain whether this was done. Reload the page and look before you try again.',
  'payments-unavailable':
    'The payment service cannot be reached at the moment. Nothing was changed. Try again soon.',
  'payments-not-set-up': 'Payments are not set up here yet.',
  'not-supported': 'The payment service cannot do this.',
  'subscription-ended': 'This plan has ended. You can subscribe anew.',
  'nothing-to-change': 'You have exactly this already.',
  'use-prices-differ': 'These plans bill use differently. Cancel this one, then subscribe to the other.',
}

/** A sentence about what went wrong with money. */
export function billingWords(error: unknown): string {
  const known = Object.keys(SENTENCES).find((code) => hasCode(error, code))
  return (known && SENTENCES[known]) || words(error)
}
