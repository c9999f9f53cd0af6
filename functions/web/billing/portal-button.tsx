import { type Payer, payments } from '../kit/billing-api.ts'
import { useLeave } from './leave.ts'

/** Leads to the payment service's own page, where cards are added. */
export function PortalButton({ payer, returnPath }: { payer: Payer; returnPath: string }) {
  const [busy, leave] = useLeave()
  return (
    <button
      type="button"
      class="button"
      disabled={busy}
      onClick={() => leave(() => payments.portal(payer, returnPath))}
    >
      Manage billing
    </button>
  )
}
