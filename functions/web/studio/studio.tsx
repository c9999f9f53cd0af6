import { useEffect, useState } from 'preact/hooks'
import { Header } from '../kit/header.tsx'
import { words } from '../kit/problem.ts'
import { Said } from '../kit/say.tsx'
import { restoreSession, user } from '../kit/session.ts'
import { SignIn } from '../kit/sign-in.tsx'
import { Desk } from './desk.tsx'
import { emptyLibrary } from './library.ts'

const DOORS = { signIn: 'Sign in to the studio', create: 'Create your studio account' }

/** The studio: signing in, and behind it the desk. */
export function Studio() {
  const [trouble, setTrouble] = useState<string>()
  const who = user.value
  const restore = () => {
    setTrouble(undefined)
    restoreSession().catch((error: unknown) => setTrouble(words(error)))
  }
  useEffect(restore, [])
  useEffect(() => {
    if (who === null) emptyLibrary()
  }, [who])
  return (
    <>
      <Header at="studio" />
      <main class="page studio" id="main">
        {trouble && <Trouble words={trouble} again={restore} />}
        {who === null && <SignIn titles={DOORS} />}
        {who && <Desk key={who.id} owner={who.id} />}
      </main>
      <Said />
    </>
  )
}

function Trouble({ words, again }: { words: string; again: () => void }) {
  return (
    <div class="empty" role="alert">
      <p>{words}</p>
      <button type="button" class="button" onClick={again}>
        Try again
      </button>
    </div>
  )
}
