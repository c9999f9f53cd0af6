import { useEffect, useState } from 'preact/hooks'
import type { Video } from '../../../core/video/wire.ts'
import { videos } from '../kit/api.ts'
import { day } from '../kit/format.ts'
import { words } from '../kit/problem.ts'
import { user } from '../kit/session.ts'
import { Thumb } from '../kit/thumb.tsx'
import { Message } from './message.tsx'
import { addressOf, follow } from './place.ts'

type Scope = 'mine' | 'public'
interface Listing {
  readonly items: readonly Video[]
  readonly nextCursor?: string | undefined
  readonly trouble?: string
}

/** The films that anybody may watch, below the private ones of the person who is signed in. */
export function FilmList() {
  useEffect(() => {
    document.title = 'Skyreel'
  }, [])
  return (
    <div class="lists">
      {user.value && <Section scope="mine" title="Only you see these" />}
      <Section scope="public" title="Films" />
    </div>
  )
}

function Section({ scope, title }: { scope: Scope; title: string }) {
  const [listing, load] = useListing(scope)
  if (!listing) return null
  const { items, nextCursor, trouble } = listing
  if (scope === 'mine' && items.length === 0 && !trouble && !nextCursor) return null
  return (
    <section class="list" aria-label={title}>
      <h1>{title}</h1>
      {items.length > 0 && (
        <ul class="grid">
          {items.map((video) => (
            <Card key={video.id} video={video} />
          ))}
        </ul>
      )}
      {trouble && <Message title={trouble} again={load} />}
      {items.length === 0 && !trouble && !nextCursor && <Nothing />}
      {nextCursor && !trouble && (
        <button type="button" class="button" onClick={load}>
          Show more
        </button>
      )}
    </section>
  )
}

function Nothing() {
  return (
    <div class="empty card">
      <p>No film has been published yet.</p>
      <a class="button main" href="/studio/">
        Upload one in the studio
      </a>
    </div>
  )
}

function Card({ video }: { video: Video }) {
  return (
    <li>
      <a class="film" href={addressOf(video.id)} onClick={follow}>
        <Thumb
          posterUrl={video.posterUrl}
          seconds={video.durationSeconds}
          locked={video.visibility === 'subscribers'}
        />
        <span class="film-title">{video.title}</span>
        <span class="soft film-day">{day(video.createdAt)}</span>
      </a>
    </li>
  )
}

/** Reads page after page of what can be watched. */
function useListing(scope: Scope): [Listing | undefined, () => void] {
  const [listing, setListing] = useState<Listing>()
  const load = () => {
    readPage(scope, listing).then(setListing, (error: unknown) =>
      setListing({ items: [], ...listing, trouble: words(error) }),
    )
  }
  useEffect(load, [])
  return [listing, load]
}

async function readPage(scope: Scope, before: Listing | undefined): Promise<Listing> {
  const cursor = before?.nextCursor
  const page = await videos.list({ scope, limit: '24', ...(cursor && { cursor }) })
  const watchable = page.items
    .filter((video) => video.status === 'playable' || video.status === 'ready')
    .filter((video) => scope === 'public' || video.visibility === 'private')
  return { items: [...(before?.items ?? []), ...watchable], nextCursor: page.nextCursor }
}
