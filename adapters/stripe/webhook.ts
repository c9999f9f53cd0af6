import type Stripe from 'stripe'
import type { ProviderEvent } from '../../core/billing/provider-objects.ts'
import { type WebhookDelivery, WebhookRefused } from '../../core/ports/payments.ts'
import type { Secrets } from '../../core/ports/secrets.ts'
import { loadOnce } from '../node/load-once.ts'
import { readEvent } from './read-event.ts'
import { liveSecrets } from './webhook-secrets.ts'

/** Old and future alike: a clock that runs ahead must not let a delivery be replayed longer. */
const TOLERANCE_SECONDS = 300

type Parse = (text: string, header: string, secret: string, signedAt: number) => Promise<unknown>
interface Parsers {
  readonly snapshot: Parse
  readonly thin: Parse
}

/** Stripe's webhooks. https://docs.stripe.com/webhooks#verify-official-libraries */
export function openWebhooks(secrets: Secrets) {
  const parsers = loadOnce(loadParsers)
  return async ({ body, headers }: WebhookDelivery, now: Date): Promise<readonly ProviderEvent[]> => {
    const live = await liveSecrets(secrets, now)
    const header = headers['stripe-signature'] ?? ''
    const signedAt = timestampOf(header)
    const text = textOf(body)
    const event = await verified(await parsers(), { text, header, signedAt, secrets: live })
    refuseStale(signedAt, now)
    return [readEvent(event)]
  }
}

/** Verifying needs no API key: the client that reads thin events gets one that is good for nothing else. */
async function loadParsers(): Promise<Parsers> {
  const { default: SDK } = await import('stripe')
  const stripe = new SDK('sk_test_only_reads_webhooks', { telemetry: false })
  // The SDK looks at past timestamps alone, and 0 switches that off in one of its parsers only: so it is given the time of
  // the signature itself, and what the delay may be is decided here.
  return {
    snapshot: async (text, header, secret, signedAt) =>
      stripe.webhooks.constructEventAsync(
        text,
        header,
        secret,
        TOLERANCE_SECONDS,
        undefined,
        signedAt * 1000,
      ),
    thin: async (text, header, secret, signedAt) => {
      const event = await stripe.parseEventNotificationAsync(
        text,
        header,
        secret,
        TOLERANCE_SECONDS,
        undefined,
        signedAt * 1000,
      )
      return plain(event)
    },
  }
}

// The SDK makes the context an object of its own.
const plain = (event: Stripe.V2.Core.EventNotification): unknown => ({
  ...event,
  context: event.context?.toString() ?? null,
})

/**
 * The text of exactly those bytes. The SDK's own decoding drops a byte order mark and makes one character of every byte
 * that is not UTF-8: bytes could be changed and the signature would still fit.
 */
function textOf(body: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body)
  } catch (error) {
    throw new WebhookRefused('malformed', 'the body is not UTF-8', { cause: error })
  }
}

// Exactly one: of two the SDK would sign with the last, and a replay could show a fresh one in front of it.
function timestampOf(header: string): number {
  const times = header.split(',').filter((item) => item.split('=')[0] === 't')
  const [, seconds] = /^t=(\d{1,12})$/.exec(times[0] ?? '') ?? []
  if (seconds === undefined || times.length > 1)
    throw new WebhookRefused('signature', 'the signature header has no single time')
  return Number(seconds)
}

interface Signed {
  readonly text: string
  readonly header: string
  readonly signedAt: number
  readonly secrets: readonly string[]
}

/** The event, by the first secret that fits. Each parser refuses the other's form, after the signature. */
async function verified({ snapshot, thin }: Parsers, { secrets, ...signed }: Signed): Promise<unknown> {
  const inOrder = /"object"\s*:\s*"v2\.core\.event"/.test(signed.text) ? [thin, snapshot] : [snapshot, thin]
  for (const secret of secrets) {
    const event = await parsedBy(inOrder, { ...signed, secret })
    if (event !== undefined) return event
  }
  throw new WebhookRefused('signature', 'no signature fits the body')
}

async function parsedBy(
  parsers: readonly Parse[],
  { text, header, secret, signedAt }: Omit<Signed, 'secrets'> & { secret: string },
): Promise<unknown> {
  for (const parse of parsers) {
    try {
      return await parse(text, header, secret, signedAt)
    } catch (error) {
      if (isWrongSignature(error)) return undefined
    }
  }
  // Without the cause: a parser's message repeats parts of the body.
  throw new WebhookRefused('malformed', 'the signed body is no event of Stripe')
}

const isWrongSignature = (error: unknown): boolean =>
  error instanceof Error && 'type' in error && error.type === 'StripeSignatureVerificationError'

function refuseStale(signedAt: number, now: Date): void {
  const age = Math.floor(now.getTime() / 1000) - signedAt
  if (age > TOLERANCE_SECONDS) throw new WebhookRefused('too-old', `signed ${age} seconds ago`)
  if (age < -TOLERANCE_SECONDS) throw new WebhookRefused('too-new', `signed ${-age} seconds ahead`)
}
