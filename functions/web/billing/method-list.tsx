import { useState } from 'preact/hooks'
import type { PaymentMethod } from '../../../core/billing/wire-payments.ts'
import { useAsked } from '../kit/asked.ts'
import { type Payer, payments } from '../kit/billing-api.ts'
import { say } from '../kit/say.tsx'
import { Trouble, Waiting } from '../kit/trouble.tsx'
import { billingWords } from './billing-words.ts'

/** What whoever pays can pay with. Of a card these pages know its last four digits. */
export function MethodList({ payer }: { payer: Payer }) {
  const {
    value: methods,
    trouble,
    again,
    set,
  } = useAsked(() => payments.methods(payer), [payer.organisationId])
  const [busy, setBusy] = useState(false)
  const change = async (work: () => Promise<PaymentMethod[]>, done: string) => {
    setBusy(true)
    try {
      set(await work())
      say(done)
    } catch (error) {
      say(billingWords(error))
    }
    setBusy(false)
  }
  const remove = async ({ id }: PaymentMethod) => {
    await payments.removeMethod(id)
    return payments.methods(payer)
  }
  if (trouble) return <Trouble words={trouble} again={again} />
  if (!methods) return <Waiting rows={1} />
  if (methods.length === 0)
    return (
      <p class="soft">There is none yet. One is kept when you subscribe, and “Manage billing” adds others.</p>
    )
  return (
    <ul class="rows card">
      {methods.map((method) => (
        <li key={method.id} class="line" aria-label={nameOf(method)}>
          <span class="line-main">
            <b>{nameOf(method)}</b> <span class="soft">{expiryOf(method)}</span>
          </span>
          {method.isDefault && <span class="tag good">Pays for your plan</span>}
          {!method.isDefault && methods.length > 1 && (
            <button
              type="button"
              class="button small"
              disabled={busy}
              onClick={() =>
                change(() => payments.payWith(payer, method.id), `${nameOf(method)} pays from now on.`)
              }
            >
              Pay with this
            </button>
          )}
          <button
            type="button"
            class="button small danger"
            disabled={busy}
            onClick={() => change(() => remove(method), `${nameOf(method)} was removed.`)}
          >
            Remove<span class="unseen"> {nameOf(method)}</span>
          </button>
        </li>
      ))}
    </ul>
  )
}

function nameOf({ brand, type, last4 }: PaymentMethod): string {
  const name = (brand ?? type).replaceAll('_', ' ')
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}${last4 ? ` ending in ${last4}` : ''}`
}

const two = (n: number) => String(n).padStart(2, '0')
const expiryOf = ({ expiryMonth, expiryYear }: PaymentMethod): string =>
  expiryMonth === null || expiryYear === null ? '' : `good until ${two(expiryMonth)}/${two(expiryYear % 100)}`
