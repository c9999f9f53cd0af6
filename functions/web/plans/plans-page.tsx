import { useState } from 'preact/hooks'
import type { User } from '../../../core/identity/wire.ts'
import { CheckoutReturn, Outcome } from '../billing/checkout-return.tsx'
import { Frame } from '../kit/frame.tsx'
import { ownPath, withBack } from '../kit/own-path.ts'
import { SignIn } from '../kit/sign-in.tsx'
import { Waiting } from '../kit/trouble.tsx'
import { Plans } from './plans.tsx'

/** `/plans/`: what is for sale; with `?operation=` what became of the checkout that was left for. */
export function PlansPage() {
  const [asked] = useState(() => new URLSearchParams(location.search))
  const operationId = asked.get('operation')
  const back = ownPath(asked.get('back'))
  return (
    <Frame at="plans">
      {(who) =>
        operationId ? (
          <Return who={who} operationId={operationId} back={back} />
        ) : (
          <Plans who={who} back={back} left={asked.has('left')} />
        )
      }
    </Frame>
  )
}

interface ReturnProps {
  who: User | null | undefined
  operationId: string
  back: string | undefined
}
function Return({ who, operationId, back }: ReturnProps) {
  if (who === undefined) return <Waiting rows={3} />
  if (who === null) return <SignIn titles={DOORS} />
  const plansPath = back ? withBack('/plans/', back) : '/plans/'
  return (
    <CheckoutReturn
      key={who.id}
      {...{ operationId, plansPath }}
      paid={
        <Outcome title="You can watch now">
          <p>Your plan is running. Thank you!</p>
          <p class="buttons">
            <a class="button main" href={back ?? '/'}>
              {back ? 'Back to the film' : 'All films'}
            </a>
            <a class="button" href="/account/">
              Your account
            </a>
          </p>
        </Outcome>
      }
    />
  )
}

const DOORS = { signIn: 'Sign in to see your checkout', create: 'Create your account' }
