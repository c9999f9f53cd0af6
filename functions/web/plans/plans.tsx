import { useEffect, useState } from 'preact/hooks'
import { isRunning } from '../../../core/billing/model.ts'
import type { User } from '../../../core/identity/wire.ts'
import { checkoutUrl } from '../billing/intent.ts'
import { useLeave } from '../billing/leave.ts'
import { type ChosenPrice, PlanList } from '../billing/plan-list.tsx'
import { subscriptions } from '../kit/billing-api.ts'
import { Dialog } from '../kit/dialog.tsx'
import { withBack } from '../kit/own-path.ts'
import { SignIn } from '../kit/sign-in.tsx'

interface PlansProps {
  who: User | null | undefined
  /** Page of the film that somebody came from. */
  back: string | undefined
  /** Whether a checkout was left without paying. */
  left: boolean
}

/** The plans for viewers. Whoever chooses one without being signed in signs in first, and then goes on to the checkout. */
export function Plans({ who, back, left }: PlansProps) {
  const [wanted, setWanted] = useState<ChosenPrice>()
  const [busy, leave] = useLeave()
  const current = useCurrent(who)
  const here = back ? withBack('/plans/', back) : '/plans/'
  const subscribe = (chosen: ChosenPrice) => {
    setWanted(undefined)
    const cancelPath = `${here}${back ? '&' : '?'}left=1`
    void leave(() => checkoutUrl({ ...chosen, successPath: here, cancelPath }))
  }
  useEffect(() => {
    if (who && wanted) subscribe(wanted)
  }, [who?.id, wanted])
  return (
    <div class="stack wide">
      <header class="stack">
        <h1>Plans</h1>
        <p class="soft">Watch every film for subscribers. Cancel whenever you like.</p>
      </header>
      {left && <p class="note">You left the checkout. Nothing has been charged.</p>}
      {current && (
        <p class="note">
          You have {current.plan?.name ?? 'a plan'} already. <a href="/account/">Change it in your account</a>
        </p>
      )}
      <PlanList
        audience="viewer"
        current={current?.priceId ?? undefined}
        busy={busy || current !== undefined}
        onChoose={setWanted}
      />
      <p class="soft">
        Do you publish films? <a href="/studio/billing/">Plans for studios are in the studio.</a>
      </p>
      {wanted && who === null && (
        <Dialog title="First, your account" onClose={() => setWanted(undefined)}>
          <SignIn startsNew />
        </Dialog>
      )}
    </div>
  )
}

/** The plan that runs already, if there is one. */
function useCurrent(who: User | null | undefined) {
  const [found, setFound] = useState<Awaited<ReturnType<typeof subscriptions.list>>>([])
  useEffect(() => {
    setFound([])
    // The checkout refuses a second plan by itself: not knowing of the first one here is no harm.
    if (who) subscriptions.list({}).then(setFound, () => undefined)
  }, [who?.id])
  return found.find(({ status }) => isRunning[status])
}
