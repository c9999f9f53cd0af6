import { useEffect, useState } from 'preact/hooks'
import type { Video } from '../../../core/video/wire.ts'
import { isOwed } from '../billing/owed.ts'
import { subscriptions } from '../kit/billing-api.ts'
import { Icon } from '../kit/icons.tsx'
import { withBack } from '../kit/own-path.ts'
import { user } from '../kit/session.ts'
import { addressOf } from './place.ts'

/** In the player's place where a film is for subscribers and the viewer is none: its poster, and the way to it. */
export function Locked({ video }: { video: Video }) {
  const here = addressOf(video.id)
  const owes = useOwes()
  const { width, height } = video
  return (
    <div class="screen locked" style={{ '--shape': width && height ? `${width} / ${height}` : '16 / 9' }}>
      {video.posterUrl && <img src={video.posterUrl} alt="" />}
      <div class="locked-says" role="status">
        <Icon name="lock" size={34} />
        <p>
          <b>This film is for subscribers.</b>
          {owes && ' Your last payment did not go through.'}
        </p>
        <p class="buttons">
          {owes ? (
            <a class="button main" href="/account/">
              See what is open
            </a>
          ) : (
            <a class="button main" href={withBack('/plans/', here)}>
              See plans
            </a>
          )}
          {user.value === null && (
            <a class="button" href={withBack('/account/', here)}>
              Sign in
            </a>
          )}
        </p>
      </div>
    </div>
  )
}

/** Whether whoever is signed in had a plan that would open it, and it waits for a payment. */
function useOwes(): boolean {
  const [owes, setOwes] = useState(false)
  const id = user.value?.id
  useEffect(() => {
    // Where this cannot be told, the way to the plans says it.
    if (id)
      subscriptions.list({}).then(
        (all) => setOwes(all.some(isOwed)),
        () => undefined,
      )
  }, [id])
  return owes
}
