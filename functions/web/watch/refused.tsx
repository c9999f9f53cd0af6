import { useEffect, useState } from 'preact/hooks'
import type { RefusalReason } from '../../../core/playback/model.ts'
import type { Video } from '../../../core/video/wire.ts'
import { isOwed } from '../billing/owed.ts'
import { subscriptions } from '../kit/billing-api.ts'
import { Icon } from '../kit/icons.tsx'
import { withBack } from '../kit/own-path.ts'
import { user } from '../kit/session.ts'
import { addressOf } from './place.ts'
import { PlayingNow } from './playing-now.tsx'
import { REFUSAL_WORDS, type Way } from './refusal-words.ts'
import { shapeOf } from './shape.ts'

interface RefusedProps {
  video: Video
  reason: RefusalReason
  again: () => void
}

/** In the player's place where the viewer may not watch: the film's poster, why, and what to do about it. */
export function Refused({ video, reason, again }: RefusedProps) {
  const { title, sentence, ways } = REFUSAL_WORDS[reason]
  const owes = useOwes(reason === 'subscription-required')
  return (
    <div class="screen refused" style={{ '--shape': shapeOf(video) }}>
      {video.posterUrl && <img src={video.posterUrl} alt="" />}
      <div class="refused-says">
        <div role="status">
          <Icon name="lock" size={34} />
          <p class="refused-title">
            <b>{title}</b>
          </p>
          <p>{owes ? 'Your last payment did not go through.' : sentence}</p>
        </div>
        {ways.includes('streams') && user.value && <PlayingNow onFree={again} />}
        <p class="buttons">
          {owes && (
            <a class="button main" href="/account/">
              See what is open
            </a>
          )}
          {ways
            .filter((way) => isOpen(way) && !(owes && way === 'plans'))
            .map((way, at) => (
              <WayOut key={way} way={way} main={at === 0 && !owes} here={addressOf(video.id)} again={again} />
            ))}
        </p>
      </div>
    </div>
  )
}

/** Whoever is signed in need not sign in; who is not has no devices to look at. */
function isOpen(way: Way): boolean {
  if (way === 'sign-in') return user.value === null
  return way === 'devices' || way === 'age' ? user.value !== null : way !== 'streams'
}

const LINKS: Readonly<
  Record<Exclude<Way, 'again' | 'streams'>, { text: string; to: (here: string) => string }>
> = {
  'sign-in': { text: 'Sign in', to: (here) => withBack('/account/', here) },
  plans: { text: 'See plans', to: (here) => withBack('/plans/', here) },
  devices: { text: 'See your devices', to: () => '/account/#watching' },
  age: { text: 'See your viewing age', to: () => '/account/#watching' },
  films: { text: 'All films', to: () => '/' },
}

function WayOut({ way, main, here, again }: { way: Way; main: boolean; here: string; again: () => void }) {
  const look = main ? 'button main' : 'button'
  if (way === 'again' || way === 'streams')
    return (
      <button type="button" class={look} onClick={again}>
        Try again
      </button>
    )
  const { text, to } = LINKS[way]
  return (
    <a class={look} href={to(here)}>
      {text}
    </a>
  )
}

/** Whether whoever is signed in had a plan that would open it, and it waits for a payment. */
function useOwes(asked: boolean): boolean {
  const [owes, setOwes] = useState(false)
  const id = user.value?.id
  useEffect(() => {
    // Where this cannot be told, the way to the plans says it.
    if (id && asked)
      subscriptions.list({}).then(
        (all) => setOwes(all.some(isOwed)),
        () => undefined,
      )
  }, [id, asked])
  return asked && owes
}
