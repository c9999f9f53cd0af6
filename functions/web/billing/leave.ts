import { useEffect, useState } from 'preact/hooks'
import { say } from '../kit/say.tsx'
import { billingWords } from './billing-words.ts'

/** A button that leads to another site: busy until the page is left, and free again where somebody comes back to it. */
export function useLeave(): [busy: boolean, leave: (url: () => Promise<string>) => Promise<void>] {
  const [busy, setBusy] = useState(false)
  useEffect(() => {
    // The browser's "back" may show the page just as it was left.
    const onShow = (event: PageTransitionEvent) => event.persisted && setBusy(false)
    addEventListener('pageshow', onShow)
    return () => removeEventListener('pageshow', onShow)
  }, [])
  const leave = async (url: () => Promise<string>) => {
    setBusy(true)
    try {
      location.assign(await url())
    } catch (error) {
      console.error(error)
      say(billingWords(error))
      setBusy(false)
    }
  }
  return [busy, leave]
}
