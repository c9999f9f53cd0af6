import { useEffect, useState } from 'preact/hooks'
import { Frame } from '../kit/frame.tsx'
import { ownPath } from '../kit/own-path.ts'
import { SignIn } from '../kit/sign-in.tsx'
import { Waiting } from '../kit/trouble.tsx'
import { Account } from './account.tsx'

/** `/account/`: what a person pays for, and how; with `?back=` a door that leads back to where they came from. */
export function AccountPage() {
  const [back] = useState(() => ownPath(new URLSearchParams(location.search).get('back')))
  return (
    <Frame at="account">
      {(who) => {
        if (who === undefined) return <Waiting rows={4} />
        if (who === null) return <SignIn titles={DOORS} />
        return back ? <GoBack path={back} /> : <Account key={who.id} />
      }}
    </Frame>
  )
}

const DOORS = { signIn: 'Sign in', create: 'Create your account' }

function GoBack({ path }: { path: string }) {
  useEffect(() => location.replace(path), [])
  return <Waiting rows={4} />
}
