import type { ComponentChildren, TargetedEvent } from 'preact'
import { useState } from 'preact/hooks'
import type { Video } from '../../../core/video/wire.ts'
import { videos } from '../kit/api.ts'
import { Dialog } from '../kit/dialog.tsx'
import { words } from '../kit/problem.ts'
import { say } from '../kit/say.tsx'
import { CaptionsForm } from './captions-form.tsx'
import { ChaptersForm } from './chapters-form.tsx'
import { replaceVideo } from './library.ts'
import { ProtectionForm } from './protection-form.tsx'
import { RulesForm } from './rules-form.tsx'
import { TakedownForm } from './takedown-form.tsx'
import { Watchers } from './watchers.tsx'

/** Title, description, who may watch, captions and chapters of a film. */
export function EditDialog({ video, onClose }: { video: Video; onClose: () => void }) {
  const hasMedia = video.status === 'playable' || video.status === 'ready'
  return (
    <Dialog title="Edit film" onClose={onClose}>
      <TitleForm video={video} />
      {hasMedia && <ChaptersForm video={video} />}
      {hasMedia && <CaptionsForm video={video} />}
      {!hasMedia && (
        <p class="soft">Captions and chapters can be added as soon as the film can be watched.</p>
      )}
      <Part title="Protection">
        <ProtectionForm video={video} />
      </Part>
      <Part title="Where and when it may be played">
        <RulesForm video={video} />
      </Part>
      {hasMedia && (
        <Part title="Who is watching now">
          <Watchers video={video} />
        </Part>
      )}
      <Part title="Take down">
        <TakedownForm video={video} />
      </Part>
    </Dialog>
  )
}

/** Read when it is opened and not before. */
function Part({ title, children }: { title: string; children: ComponentChildren }) {
  const [open, setOpen] = useState(false)
  return (
    <details class="section" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{title}</summary>
      {open && <div class="stack">{children}</div>}
    </details>
  )
}

const WATCHERS: readonly (readonly [Video['visibility'], string])[] = [
  ['private', 'Only you'],
  ['subscribers', 'Subscribers'],
  ['public', 'Everybody'],
]

function TitleForm({ video }: { video: Video }) {
  const [trouble, setTrouble] = useState<string>()
  const save = async (event: TargetedEvent<HTMLFormElement>) => {
    event.preventDefault()
    setTrouble(undefined)
    const form = new FormData(event.currentTarget)
    const [title, description] = [String(form.get('title')), String(form.get('description'))]
    const visibility = String(form.get('visibility')) as Video['visibility']
    try {
      replaceVideo(await videos.update(video.id, { title, description, visibility }))
      say('Saved.')
    } catch (error) {
      setTrouble(words(error))
    }
  }
  return (
    <form class="stack" onSubmit={save}>
      <label class="field">
        <span>Title</span>
        <input name="title" defaultValue={video.title} required maxLength={200} />
      </label>
      <label class="field">
        <span>Description</span>
        <textarea name="description" defaultValue={video.description} maxLength={5000} />
      </label>
      <label class="field">
        <span>Who may watch it</span>
        <select name="visibility">
          {WATCHERS.map(([value, text]) => (
            <option key={value} value={value} selected={value === video.visibility}>
              {text}
            </option>
          ))}
        </select>
        <small>
          Films for subscribers are listed for everybody, and played by those who have a plan for them.
        </small>
      </label>
      {trouble && (
        <p class="note bad" role="alert">
          {trouble}
        </p>
      )}
      <div class="buttons">
        <button type="submit" class="button main">
          Save
        </button>
      </div>
    </form>
  )
}
