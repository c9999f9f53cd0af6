import type { ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { CheckoutState } from '../../../core/billing/wire.ts'
import { plans } from '../kit/billing-api.ts'
import { hasStatus, Unreachable, wasAborted } from '../kit/problem.ts'
import { pause } from '../kit/wait.ts'
import { billingWords } from './billing-words.ts'

interface CheckoutReturnProps {
  operationId: string
  /** What is said, and where to go on, once it is paid. */
  paid: ComponentChildren
  /** Where the plans are. */
  plansPath: string
}

/** What became of a checkout, as the platform knows it: that the browser came here proves nothing. */
export function CheckoutReturn({ operationId, paid, plansPath }: CheckoutReturnProps) {
  const { state, slow, trouble } = useCheckout(operationId)
  const again = (
    <a class="button" href={plansPath}>
      See plans
    </a>
  )
  if (trouble) return <Outcome title={trouble}>{again}</Outcome>
  if (state === 'paid') return paid
  if (state === 'failed')
    return (
      <Outcome title="The payment did not go through">
        <p>Nothing has been charged. You can try again, with another card if you like.</p>
        {again}
      </Outcome>
    )
  if (state === 'expired')
    return (
      <Outcome title="The checkout has expired">
        <p>Nothing has been charged.</p>
        {again}
      </Outcome>
    )
  return (
    <Outcome title="Waiting for the payment">
      <progress class="bar" aria-label="Waiting" />
      <p>
        {slow
          ? 'It takes longer than usual. You may leave this page: what you paid for opens as soon as the payment arrives.'
          : 'This takes some seconds.'}
      </p>
    </Outcome>
  )
}

/** One thing that is to be said, in the middle of the page. */
export function Outcome({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <div class="empty card outcome">
      <div role="status">
        <h1>{title}</h1>
      </div>
      {children}
    </div>
  )
}

const OFTEN_MS = 1_000
const SELDOM_MS = 4_000
/** Times that it is asked often. */
const EAGER = 30

function useCheckout(operationId: string) {
  const [state, setState] = useState<CheckoutState['status']>('pending')
  const [slow, setSlow] = useState(false)
  const [trouble, setTrouble] = useState<string>()
  useEffect(() => {
    const run = new AbortController()
    const wait = (times: number) => {
      setSlow(times >= EAGER)
      return pause(times < EAGER ? OFTEN_MS : SELDOM_MS, run.signal)
    }
    outcomeOf(operationId, { wait, signal: run.signal }).then(setState, (error: unknown) => {
      if (!wasAborted(error)) setTrouble(billingWords(error))
    })
    return () => run.abort()
  }, [operationId])
  return { state, slow, trouble }
}

/** Asks until it is decided, over a server that is away for a while too. */
async function outcomeOf(
  operationId: string,
  { wait, signal }: { wait: (times: number) => Promise<void>; signal: AbortSignal },
): Promise<CheckoutState['status']> {
  for (let times = 0; ; times++) {
    try {
      const { status } = await plans.checkout(operationId, signal)
      if (status !== 'pending') return status
    } catch (error) {
      if (!(error instanceof Unreachable || hasStatus(error, 503) || hasStatus(error, 429))) throw error
    }
    await wait(times)
  }
}
