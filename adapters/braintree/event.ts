import { createHash } from 'node:crypto'
import type { ObjectKind, ProviderEvent } from '../../core/billing/provider-objects.ts'
import { WebhookRefused } from '../../core/ports/payments.ts'
import { exactText } from '../provider-api/exact-text.ts'
import { type BraintreeSettings, isLive } from './settings.ts'
import { childOf, type Element, readXml, textIn } from './xml.ts'

interface About {
  readonly kind: ObjectKind
  readonly id: string
}

/**
 * The events of a notification: one for each object that it tells of. Braintree numbers none, so the signed text itself is
 * the id: a repetition is the same. https://developer.paypal.com/braintree/docs/reference/general/webhooks/overview
 */
export function readEvents(xml: Uint8Array, settings: BraintreeSettings): readonly ProviderEvent[] {
  const { type, createdAt, merchantId, subject } = readNotification(xml)
  const eventId = `btn_${createHash('sha256').update(xml).digest('hex')}`
  const one = (about: About | undefined, dedupeId: string): ProviderEvent => ({
    ...{ provider: 'braintree', eventId, dedupeId, type, livemode: isLive(settings), createdAt },
    about: about ? { ...about, accountId: null } : null,
    // Our own merchant is told by another name than the account of the deployment.
    account: merchantId === settings.merchantId ? null : merchantId,
  })
  const [first, ...more] = aboutOf(subject)
  return [one(first, eventId), ...more.map((about) => one(about, `${eventId}/${about.id}`))]
}

interface Notification {
  readonly type: string
  readonly createdAt: Date
  /** Null in those that tests make. */
  readonly merchantId: string | null
  readonly subject: Element | undefined
}

function readNotification(xml: Uint8Array): Notification {
  const root = parsed(exactText(xml))
  const [type, timestamp] = [textIn(root, 'kind'), textIn(root, 'timestamp')]
  const createdAt = new Date(timestamp ?? Number.NaN)
  if (root.name !== 'notification' || type === null || Number.isNaN(createdAt.getTime()))
    throw new WebhookRefused('malformed', 'the signed payload is no notification of Braintree')
  const subject = childOf(root, 'subject')?.children[0]
  return { type: type.slice(0, 255), createdAt, merchantId: textIn(root, 'source-merchant-id'), subject }
}

/** The reader's message tells a place and nothing of the text. */
function parsed(text: string): Element {
  try {
    return readXml(text)
  } catch (error) {
    throw new WebhookRefused('malformed', 'the signed payload is no XML', { cause: error })
  }
}

function aboutOf(subject: Element | undefined): readonly About[] {
  const id = textIn(subject, 'id')
  if (!subject || id === null) return []
  if (subject.name === 'transaction') return [transaction(subject, id)]
  if (subject.name === 'dispute') return [{ kind: 'dispute', id }]
  if (subject.name !== 'subscription') return []
  const planId = textIn(subject, 'plan-id')
  const transactions = childOf(subject, 'transactions')?.children ?? []
  return distinct([
    { kind: 'subscription', id },
    // The plan is what is sold: Braintree sends no events of its plans.
    ...(planId === null ? [] : [{ kind: 'product', id: planId } as const]),
    // The newest comes first, and is what this is about.
    ...transactions.slice(0, 1).flatMap((of) => {
      const ofId = textIn(of, 'id')
      return ofId === null ? [] : [transaction(of, ofId)]
    }),
  ])
}

/** Where its type is missing, the fetched transaction tells: either is found by the same call. */
const transaction = (of: Element, id: string): About => ({
  kind: textIn(of, 'type') === 'credit' ? 'refund' : 'payment',
  id,
})

/** A plan may have the id of a subscription, since operators choose both: the subscription goes before. */
const distinct = (abouts: readonly About[]): readonly About[] =>
  abouts.filter(({ id }, index) => abouts.findIndex((other) => other.id === id) === index)
