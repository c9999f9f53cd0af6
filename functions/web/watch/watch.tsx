import { useEffect, useState } from 'preact/hooks'
import { Header } from '../kit/header.tsx'
import { words } from '../kit/problem.ts'
import { Said } from '../kit/say.tsx'
import { restoreSession, user } from '../kit/session.ts'
import { FilmList } from './film-list.tsx'
import { FilmPage } from './film-page.tsx'
import { Message } from './message.tsx'
import { place } from './place.ts'

/** The viewers' page: the list, or one film. */
export function Watch() {
  const [trouble, setTrouble] = useState<string>()
  const restore = () => {
    setTrouble(undefined)
    restoreSession().catch((error: unknown) => setTrouble(words(error)))
  }
  useEffect(restore, [])
  const who = user.value
  const video = place.value
  return (
    <>
      <Header at="watch" />
      <main class="page" id="main">
        {trouble && <Message title={trouble} again={restore} />}
        {who !== undefined &&
          (video ? <FilmPage key={`${video}/${who?.id}`} id={video} /> : <FilmList key={who?.id} />)}
      </main>
      <Said />
    </>
  )
}
