import { useState } from 'preact/hooks'
import type { Video } from '../../../core/video/wire.ts'
import { videos } from '../kit/api.ts'
import { Dialog } from '../kit/dialog.tsx'
import { day, percent } from '../kit/format.ts'
import { attempt, say } from '../kit/say.tsx'
import { Thumb } from '../kit/thumb.tsx'
import { isBeingProtected } from './being-protected.ts'
import { EditDialog } from './edit-dialog.tsx'
import { previews } from './films.ts'
import { dropVideo, replaceVideo } from './library.ts'
import { PROTECTION_WORDS } from './protection-words.ts'

/** A film of the library: where it stands, what is wrong with it, and what can be done. */
export function VideoCard({ video }: { video: Video }) {
  const working = video.status === 'processing' || video.status === 'playable'
  return (
    <article class="card row" aria-label={video.title}>
      <Thumb posterUrl={video.posterUrl ?? previews.get(video.id)} seconds={video.durationSeconds} />
      <div class="row-body">
        <h3 class="row-title">{video.title}</h3>
        <p class="row-status">
          <Standing video={video} />
          <span class="soft small">{day(video.createdAt)}</span>
        </p>
        {working && (
          <progress class="bar" value={video.progress} max={1} aria-label={`Transcoding of ${video.title}`} />
        )}
        {isBeingProtected(video) && (
          <p class="tag busy" role="status">
            Being protected: {PROTECTION_WORDS[video.nextProtection ?? 'clear'].name}
          </p>
        )}
        {video.protectionFailure && (
          <p class="note bad">
            Its protection could not be changed.
            <small class="detail">{video.protectionFailure}</small>
          </p>
        )}
        {video.failure && (
          <p class="note bad">
            {video.failure.message}
            {video.failure.detail && <small class="detail">{video.failure.detail}</small>}
          </p>
        )}
        {video.warnings.map((warning) => (
          <p key={warning.code} class="note warn">
            {warning.message}
          </p>
        ))}
        <Actions video={video} />
      </div>
    </article>
  )
}

function Standing({ video: { status, progress, visibility, protection } }: { video: Video }) {
  const word = {
    uploading: { kind: 'tag', text: 'Waiting for its file' },
    processing: {
      kind: 'tag busy',
      text: progress === 0 ? 'Waiting for its turn' : `Transcoding ${percent(progress)}`,
    },
    playable: { kind: 'tag busy', text: `Can be watched · better qualities ${percent(progress)}` },
    ready: { kind: 'tag good', text: 'Ready' },
    failed: { kind: 'tag bad', text: 'Failed' },
  }[status]
  return (
    <>
      <span class={word.kind}>{word.text}</span>
      <span class="unseen" role="status">
        {STAGES[status]}
      </span>
      {status !== 'failed' && (
        <span class="soft small">
          {VISIBILITIES[visibility]}
          {protection !== 'clear' && ` · ${PROTECTION_WORDS[protection].name}`}
        </span>
      )}
    </>
  )
}

const VISIBILITIES = { public: 'Public', private: 'Private', subscribers: 'For subscribers' } as const

/** Read out at each change, and so without the percentage. */
const STAGES = {
  uploading: '',
  processing: 'Transcoding began',
  playable: 'Can be watched now',
  ready: 'All qualities are there',
  failed: 'It failed',
} as const

function Actions({ video }: { video: Video }) {
  const [open, setOpen] = useState<'edit' | 'delete'>()
  const canWatch = video.status === 'playable' || video.status === 'ready'
  const isShown = video.visibility !== 'private'
  const publish = async () => {
    replaceVideo(await videos.update(video.id, { visibility: isShown ? 'private' : 'public' }))
    say(isShown ? 'Only you can watch it now.' : 'Everybody can watch it now.')
  }
  const close = () => setOpen(undefined)
  return (
    <div class="buttons">
      {canWatch && (
        <a class="button small" href={`/?v=${encodeURIComponent(video.id)}`}>
          Watch
        </a>
      )}
      {video.status !== 'failed' && (
        <button type="button" class="button small" onClick={() => attempt(publish)}>
          {isShown ? 'Make private' : 'Publish'}
        </button>
      )}
      <button type="button" class="button small" onClick={() => setOpen('edit')}>
        Edit
      </button>
      <button type="button" class="button small danger" onClick={() => setOpen('delete')}>
        Delete
      </button>
      {open === 'edit' && <EditDialog video={video} onClose={close} />}
      {open === 'delete' && <DeleteDialog video={video} onClose={close} />}
    </div>
  )
}

function DeleteDialog({ video, onClose }: { video: Video; onClose: () => void }) {
  const remove = async () => {
    await videos.remove(video.id)
    dropVideo(video.id)
    say(`“${video.title}” was deleted.`)
  }
  return (
    <Dialog title="Delete this film?" onClose={onClose}>
      <p>“{video.title}” and all its qualities are removed for good. Links to it stop working.</p>
      <div class="buttons">
        <button type="button" class="button danger" onClick={() => attempt(remove)}>
          Delete for good
        </button>
        <button type="button" class="button" onClick={onClose}>
          Keep it
        </button>
      </div>
    </Dialog>
  )
}
