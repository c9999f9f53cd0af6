import { useState } from 'preact/hooks'
import type { User } from '../../../../core/identity/wire.ts'
import { CheckoutReturn, Outcome } from '../../billing/checkout-return.tsx'
import { useAsked } from '../../kit/asked.ts'
import { organisations } from '../../kit/billing-api.ts'
import { Frame } from '../../kit/frame.tsx'
import { SignIn } from '../../kit/sign-in.tsx'
import { Trouble, Waiting } from '../../kit/trouble.tsx'
import { PayerBilling } from './payer-billing.tsx'
import { PayerChoice } from './payer-choice.tsx'
import { billingPath } from './place.ts'

/** `/studio/billing/`: plan, usage and invoices of oneself or an organisation. */
export function BillingPage() {
  const [asked] = useState(() => new URLSearchParams(location.search))
  const operationId = asked.get('operation')
  const organisationId = asked.get('organisation') ?? undefined
  return (
    <Frame at="billing">
      {(who) => {
        if (who === undefined) return <Waiting rows={5} />
        if (who === null) return <SignIn titles={DOORS} />
        if (operationId) return <Return {...{ operationId, organisationId }} />
        return <Billing key={who.id} who={who} first={organisationId} />
      }}
    </Frame>
  )
}

const DOORS = { signIn: 'Sign in to the studio', create: 'Create your studio account' }

interface ReturnProps {
  operationId: string
  organisationId: string | undefined
}
function Return({ operationId, organisationId }: ReturnProps) {
  const path = billingPath(organisationId)
  return (
    <CheckoutReturn
      operationId={operationId}
      plansPath={path}
      paid={
        <Outcome title="The plan is running">
          <p>What its members store, stream and transcode is on it from now on.</p>
          <a class="button main" href={path}>
            To the billing
          </a>
        </Outcome>
      }
    />
  )
}

function Billing({ who, first }: { who: User; first: string | undefined }) {
  const [chosen, setChosen] = useState(first)
  const { value, trouble, again } = useAsked(organisations.list)
  const choose = (organisationId: string | undefined) => {
    setChosen(organisationId)
    // A reload, and the way back from a checkout, show the same one.
    history.replaceState(null, '', billingPath(organisationId))
  }
  const made = (organisationId: string) => {
    choose(organisationId)
    again()
  }
  if (trouble) return <Trouble words={trouble} again={again} />
  if (!value) return <Waiting rows={5} />
  const organisation = value.items.find(({ id }) => id === chosen)
  return (
    <div class="stack narrow">
      <h1>Billing</h1>
      <PayerChoice
        me={`${who.name || who.email} (you)`}
        items={value.items}
        value={organisation?.id}
        onChange={choose}
        onMade={made}
      />
      <PayerBilling key={organisation?.id} organisation={organisation} />
    </div>
  )
}
