import type { ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { User } from '../../../core/identity/wire.ts'
import { type At, Header } from './header.tsx'
import { words } from './problem.ts'
import { Said } from './say.tsx'
import { restoreSession, user } from './session.ts'
import { Trouble } from './trouble.tsx'

interface FrameProps {
  at: At
  /** `undefined` while it is being found out who is there, `null` for nobody. */
  children: (who: User | null | undefined) => ComponentChildren
}

/** A page with its bar, whose content knows who is there. */
export function Frame({ at, children }: FrameProps) {
  const [trouble, setTrouble] = useState<string>()
  const restore = () => {
    setTrouble(undefined)
    restoreSession().catch((error: unknown) => setTrouble(words(error)))
  }
  useEffect(restore, [])
  return (
    <>
      <Header at={at} />
      <main class="page" id="main">
        {trouble && <Trouble words={trouble} again={restore} />}
        {children(user.value)}
      </main>
      <Said />
    </>
  )
}
