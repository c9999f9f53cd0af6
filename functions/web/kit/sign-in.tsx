import './door.css'
import type { TargetedEvent } from 'preact'
import { useState } from 'preact/hooks'
import { words } from './problem.ts'
import { signIn, signUp } from './session.ts'

interface SignInProps {
  /** Headings of the two doors; without them the form stands in something that has its own. */
  titles?: { readonly signIn: string; readonly create: string }
  startsNew?: boolean
}

/** Both doors in one form: signing in, and making an account. */
export function SignIn({ titles, startsNew = false }: SignInProps) {
  const [isNew, setIsNew] = useState(startsNew)
  const [busy, setBusy] = useState(false)
  const [trouble, setTrouble] = useState<string>()

  const submit = async (event: TargetedEvent<HTMLFormElement>) => {
    event.preventDefault()
    setBusy(true)
    setTrouble(undefined)
    try {
      await enter(new FormData(event.currentTarget), isNew)
    } catch (error) {
      setTrouble(words(error))
      setBusy(false)
    }
  }
  return (
    <div class={titles ? 'card door' : 'door-inside'}>
      {titles && <h1>{isNew ? titles.create : titles.signIn}</h1>}
      <form class="door-form" onSubmit={submit}>
        {isNew && (
          <label class="field">
            <span>Name</span>
            <input name="name" autocomplete="name" maxLength={100} />
            <small>Optional</small>
          </label>
        )}
        <label class="field">
          <span>E-mail</span>
          <input name="email" type="email" autocomplete="email" required maxLength={254} />
        </label>
        <label class="field">
          <span>Password</span>
          <input
            name="password"
            type="password"
            autocomplete={isNew ? 'new-password' : 'current-password'}
            required
            {...(isNew && { minLength: 8 })}
            maxLength={128}
          />
          {isNew && <small>At least 8 characters</small>}
        </label>
        {trouble && (
          <p class="note bad" role="alert">
            {trouble}
          </p>
        )}
        <button type="submit" class="button main" disabled={busy}>
          {isNew ? 'Create account' : 'Sign in'}
        </button>
      </form>
      <p class="soft">
        {isNew ? 'You have an account already?' : 'New here?'}{' '}
        <button type="button" class="link" onClick={() => setIsNew(!isNew)}>
          {isNew ? 'Sign in' : 'Create an account'}
        </button>
      </p>
    </div>
  )
}

async function enter(form: FormData, isNew: boolean): Promise<void> {
  const text = (name: string) => String(form.get(name) ?? '')
  const who = { email: text('email').trim(), password: text('password') }
  const name = text('name').trim()
  if (isNew) await signUp({ ...who, ...(name && { name }) })
  else await signIn(who)
}
