import type { TargetedEvent } from 'preact'
import { useState } from 'preact/hooks'
import type { OrganisationCard } from '../../../../core/identity/organisations-wire.ts'
import { organisations } from '../../kit/billing-api.ts'
import { Dialog } from '../../kit/dialog.tsx'
import { words } from '../../kit/problem.ts'
import { say } from '../../kit/say.tsx'

interface PayerChoiceProps {
  me: string
  items: readonly OrganisationCard[]
  value: string | undefined
  onChange: (organisationId: string | undefined) => void
  onMade: (organisationId: string) => void
}

/** Whose billing is shown: one's own, or that of an organisation. */
export function PayerChoice({ me, items, value, onChange, onMade }: PayerChoiceProps) {
  const [open, setOpen] = useState(false)
  return (
    <div class="payer">
      <label class="field">
        <span>Billing of</span>
        <select value={value ?? ''} onChange={(event) => onChange(event.currentTarget.value || undefined)}>
          <option value="">{me}</option>
          {items.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <button type="button" class="button" onClick={() => setOpen(true)}>
        New organisation
      </button>
      {open && <NewOrganisation onMade={onMade} onClose={() => setOpen(false)} />}
    </div>
  )
}

interface NewOrganisationProps {
  onMade: (organisationId: string) => void
  onClose: () => void
}
function NewOrganisation({ onMade, onClose }: NewOrganisationProps) {
  const [busy, setBusy] = useState(false)
  const [trouble, setTrouble] = useState<string>()
  const make = async (event: TargetedEvent<HTMLFormElement>) => {
    event.preventDefault()
    setBusy(true)
    setTrouble(undefined)
    try {
      const made = await organisations.make(String(new FormData(event.currentTarget).get('name')).trim())
      say(`${made.name} was made. You are its owner.`)
      onClose()
      onMade(made.id)
    } catch (error) {
      setTrouble(words(error))
      setBusy(false)
    }
  }
  return (
    <Dialog title="New organisation" onClose={onClose}>
      <form class="stack" onSubmit={make}>
        <label class="field">
          <span>Name</span>
          <input name="name" required maxLength={100} autocomplete="organization" />
          <small>A team that pays together. Its members publish, and its plan pays for what they use.</small>
        </label>
        {trouble && (
          <p class="note bad" role="alert">
            {trouble}
          </p>
        )}
        <div class="buttons">
          <button type="submit" class="button main" disabled={busy}>
            Make it
          </button>
        </div>
      </form>
    </Dialog>
  )
}
