import { expect } from 'vitest'
import { currencyOf } from '../billing/money.ts'
import { contract, type Gap, type Open } from '../run/contract.ts'
import { type PaymentProvider, PaymentRefused, type WebhookDelivery, WebhookRefused } from './payments.ts'
import { SecretMissing } from './secrets.ts'

/** An event in the provider's own form, as text, and how it is signed. */
export interface SignedText {
  readonly text: string
  readonly by: 'first' | 'second' | 'stranger'
  readonly at: Date
}

export interface OpenedPayments {
  /** Knows the secrets `first` and `second`. */
  readonly provider: PaymentProvider
  /** The same provider where no secret is set up. */
  readonly without: PaymentProvider
  readonly now: Date
  /** As the provider sends it. */
  sign(signed: SignedText): WebhookDelivery
  /** An event of the provider about a payment, or of a type that nobody knows. `note` is somewhere in its text. */
  eventText(event: { id: string; known: boolean; note?: string }): string
  /** A payment of 10.00 euro that has succeeded, and whose it is. */
  pay(): Promise<{ paymentId: string; customerId: string }>
  /** The envelope in which a cloud's bus hands an event over. */
  inBus(text: string): unknown
}

const later = (at: Date, seconds: number) => new Date(at.getTime() + seconds * 1000)

/** Every promise of a PaymentProvider that all providers can keep, and which some say they cannot. */
export function paymentsContract(title: string, open: Open<OpenedPayments>, gaps: readonly Gap[] = []): void {
  const read = ({ provider, sign, eventText, now }: OpenedPayments, signed: Partial<SignedText> = {}) =>
    provider.readWebhook(
      sign({ text: eventText({ id: 'evt_1', known: true }), by: 'first', at: now, ...signed }),
      now,
    )
  const refusal = async (reading: Promise<unknown>) => {
    const error = await reading.then(
      () => 'read',
      (thrown: unknown) => thrown,
    )
    return error instanceof WebhookRefused ? error.because : error
  }

  contract(title, open, gaps, (rule) => {
    rule('reads a signed delivery', async (opened) => {
      const [event] = await read(opened)
      expect(event).toMatchObject({ provider: opened.provider.name, about: { kind: 'payment' } })
    })
    rule('accepts the second of two secrets', async (opened) => {
      expect(await read(opened, { by: 'second' })).toHaveLength(1)
    })
    rule('refuses the signature of a stranger', async (opened) => {
      expect(await refusal(read(opened, { by: 'stranger' }))).toBe('signature')
    })
    rule('refuses a delivery without its headers', async ({ provider, sign, eventText, now }) => {
      const { body } = sign({ text: eventText({ id: 'evt_1', known: true }), by: 'first', at: now })
      expect(await refusal(provider.readWebhook({ body, headers: {} }, now))).toBe('signature')
    })
    rule('refuses a body in which any byte was changed', async ({ provider, sign, eventText, now }) => {
      const { body, headers } = sign({ text: eventText({ id: 'evt_1', known: true }), by: 'first', at: now })
      const step = Math.max(1, Math.floor(body.length / 20))
      for (let at = 0; at < body.length; at += step) {
        const changed = Uint8Array.from(body, (byte, index) => (index === at ? byte ^ 1 : byte))
        expect(await refusal(provider.readWebhook({ body: changed, headers }, now))).toBe('signature')
      }
    })
    rule('refuses a byte order mark in front of the body', async ({ provider, sign, eventText, now }) => {
      const { body, headers } = sign({ text: eventText({ id: 'evt_1', known: true }), by: 'first', at: now })
      const marked = Uint8Array.of(0xef, 0xbb, 0xbf, ...body)
      expect(await refusal(provider.readWebhook({ body: marked, headers }, now))).toBe('signature')
    })
    rule('takes a delivery that was signed 299 seconds ago', async (opened) => {
      expect(await read(opened, { at: later(opened.now, -299) })).toHaveLength(1)
    })
    rule('refuses one that was signed 301 seconds ago', async (opened) => {
      expect(await refusal(read(opened, { at: later(opened.now, -301) }))).toBe('too-old')
    })
    rule('refuses one that is signed 301 seconds ahead', async (opened) => {
      expect(await refusal(read(opened, { at: later(opened.now, 301) }))).toBe('too-new')
    })
    rule('says of a forged old one that it is forged', async (opened) => {
      const forged = { by: 'stranger', at: later(opened.now, -301) } as const
      expect(await refusal(read(opened, forged))).toBe('signature')
    })
    rule('reads letters of all scripts and line ends of all kinds', async (opened) => {
      const note = 'Zürich 東京 🎬\u2028'
      const text = `\r\n${opened.eventText({ id: 'evt_1', known: true, note })}\r\n`
      expect(await read(opened, { text })).toHaveLength(1)
    })
    rule('reads a type that nobody knows, about nothing', async (opened) => {
      const [event] = await read(opened, { text: opened.eventText({ id: 'evt_1', known: false }) })
      expect(event?.about).toBeNull()
    })
    rule('tells one occurrence by the same ids each time', async (opened) => {
      const [one] = await read(opened)
      const [other] = await read(opened, { by: 'second' })
      expect([other?.eventId, other?.dedupeId]).toEqual([one?.eventId, one?.dedupeId])
    })
    rule('tells two occurrences apart', async (opened) => {
      const [one] = await read(opened)
      const [other] = await read(opened, { text: opened.eventText({ id: 'evt_2', known: true }) })
      expect(other?.dedupeId).not.toBe(one?.dedupeId)
    })
    rule('refuses what is signed and no event', async (opened) => {
      expect(await refusal(read(opened, { text: '[1, 2' }))).toBe('malformed')
    })
    rule('does not repeat the body where it refuses', async (opened) => {
      const error = await read(opened, { text: '{"secret-of-a-customer' }).catch((thrown: unknown) => thrown)
      expect(`${error}`).not.toContain('secret-of-a')
    })
    rule('fails closed where no secret is set up', async ({ without, sign, eventText, now }) => {
      const delivery = sign({ text: eventText({ id: 'evt_1', known: true }), by: 'first', at: now })
      await expect(without.readWebhook(delivery, now)).rejects.toThrow(SecretMissing)
    })
    rule('reads the same event out of a cloud’s envelope', async (opened) => {
      const text = opened.eventText({ id: 'evt_1', known: true })
      expect(await opened.provider.readBusEvent(opened.inBus(text))).toEqual(await read(opened, { text }))
    })
    rule('refuses what is no envelope', async ({ provider }) => {
      expect(await refusal(provider.readBusEvent({ hello: 1 }))).toBe('malformed')
    })

    rule('tells of what never was that it is gone', async ({ provider }) => {
      const ref = { kind: 'payment', id: 'pi_never', accountId: null } as const
      expect(await provider.fetch(ref)).toEqual({ ...ref, gone: true })
    })
    rule('fetches a payment with what it cost', async ({ provider, pay }) => {
      const { paymentId, customerId } = await pay()
      const payment = await provider.fetch({ kind: 'payment', id: paymentId, accountId: null })
      expect(payment).toMatchObject({
        status: 'succeeded',
        customerId,
        amountCapturedMinor: 1000,
        amountRefundedMinor: 0,
        attempts: [{ status: 'succeeded' }],
        balance: [{ amountMinor: 1000, currency: 'eur' }],
      })
    })
    rule('makes a customer once by a key', async ({ provider }) => {
      const wanted = {
        id: null,
        reference: 'bcu_1',
        email: 'ada@example.com',
        name: 'Ada',
        idempotencyKey: 'customer-1',
      }
      const [one, other] = [await provider.saveCustomer(wanted), await provider.saveCustomer(wanted)]
      expect(other).toEqual(one)
    })
    rule('finds our customer in theirs', async ({ provider }) => {
      const wanted = {
        id: null,
        reference: 'bcu_2',
        email: 'ada@example.com',
        name: 'Ada',
        idempotencyKey: 'c',
      }
      const { id } = await provider.saveCustomer(wanted)
      expect(await provider.fetch({ kind: 'customer', id, accountId: null })).toMatchObject({
        reference: 'bcu_2',
      })
    })
    rule('refunds once by a key', async ({ provider, pay }) => {
      const { paymentId } = await pay()
      const wanted = { paymentId, amountMinor: 400, reason: 'duplicate', idempotencyKey: 'r' } as const
      const [one, other] = [await provider.refund(wanted), await provider.refund(wanted)]
      const payment = await provider.fetch({ kind: 'payment', id: paymentId, accountId: null })
      expect([other.id, payment]).toEqual([one.id, expect.objectContaining({ amountRefundedMinor: 400 })])
    })
    rule('refuses the same key with another amount', async ({ provider, pay }) => {
      const { paymentId } = await pay()
      const wanted = { paymentId, amountMinor: 400, reason: 'duplicate', idempotencyKey: 'r' } as const
      await provider.refund(wanted)
      await expect(provider.refund({ ...wanted, amountMinor: 500 })).rejects.toThrow(PaymentRefused)
    })
    rule('refunds all that is left without an amount', async ({ provider, pay }) => {
      const { paymentId } = await pay()
      const part = { paymentId, amountMinor: 400, reason: 'duplicate', idempotencyKey: 'r1' } as const
      await provider.refund(part)
      const rest = await provider.refund({ paymentId, reason: 'duplicate', idempotencyKey: 'r2' })
      expect(rest.amountMinor).toBe(600)
    })
    rule('refuses to give back more than was paid', async ({ provider, pay }) => {
      const { paymentId } = await pay()
      const wanted = { paymentId, amountMinor: 1001, reason: 'duplicate', idempotencyKey: 'r' } as const
      await expect(provider.refund(wanted)).rejects.toThrow(PaymentRefused)
    })
    rule('lists events oldest first, and on from one that is known', async ({ provider, pay, now }) => {
      await pay()
      const since = later(now, -3600)
      const all = await Array.fromAsync(provider.events({ since, undelivered: false }))
      const after = all[1]?.eventId ?? ''
      const rest = await Array.fromAsync(provider.events({ since, undelivered: false, after }))
      const times = all.map(({ createdAt }) => createdAt.getTime())
      expect(times).toEqual(times.toSorted((a, b) => a - b))
      expect(rest.map(({ eventId }) => eventId)).toEqual(all.slice(2).map(({ eventId }) => eventId))
    })
    rule('lists objects newest first', async ({ provider, pay }) => {
      const [first, second] = [await pay(), await pay()]
      const listed = await Array.fromAsync(provider.list('payment'))
      expect(listed.map(({ id }) => id)).toEqual([second.paymentId, first.paymentId])
    })
    rule('lists only what was made since then', async ({ provider, pay, now }) => {
      await pay()
      expect(await Array.fromAsync(provider.list('payment', { since: later(now, 3600) }))).toEqual([])
    })
    rule('begins a payment that the browser confirms', async ({ provider, pay }) => {
      const { customerId } = await pay()
      const money = { amountMinor: 500, currency: currencyOf('jpy') }
      const wanted = { customerId, money, description: 'A film', reference: 'bop_1', idempotencyKey: 'p' }
      const { id, clientSecret } = await provider.startPayment(wanted)
      const payment = await provider.fetch({ kind: 'payment', id, accountId: null })
      expect(clientSecret).not.toBe('')
      expect(payment).toMatchObject({ amountMinor: 500, currency: 'jpy', amountCapturedMinor: 0 })
    })
  })
}
