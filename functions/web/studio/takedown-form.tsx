import type { TargetedEvent } from 'preact'
import type { PlaybackRulesChange } from '../../../core/playback/wire.ts'
import type { Video } from '../../../core/video/wire.ts'
import { useAsked } from '../kit/asked.ts'
import { ofFilm } from '../kit/playback-api.ts'
import { attempt, say } from '../kit/say.tsx'
import { Trouble, Waiting } from '../kit/trouble.tsx'
import { changeOf } from './rules.ts'

/** Blocks a film for everybody, its owner too, and puts it back. */
export function TakedownForm({ video }: { video: Video }) {
  const { value, trouble, again, set } = useAsked(() => ofFilm.rules(video.id))
  if (trouble) return <Trouble words={trouble} again={again} />
  if (!value) return <Waiting rows={1} />
  const change = (by: Pick<PlaybackRulesChange, 'takenDown' | 'takenDownFor'>, done: string) =>
    attempt(async () => {
      // Read anew: rules may have been saved in the form above meanwhile.
      const { takenDown, takenDownFor, ...rules } = changeOf(await ofFilm.rules(video.id))
      set(await ofFilm.setRules(video.id, { ...rules, ...by }))
      say(done)
    })
  if (value.takenDown)
    return (
      <>
        <p class="note warn">
          Taken down: nobody can watch it.{value.takenDownFor && ` ${value.takenDownFor}`}
        </p>
        <div class="buttons">
          <button type="button" class="button" onClick={() => change({ takenDown: false }, 'It is back.')}>
            Put it back
          </button>
        </div>
      </>
    )
  const takeDown = (event: TargetedEvent<HTMLFormElement>) => {
    event.preventDefault()
    const why = String(new FormData(event.currentTarget).get('why')).trim()
    void change({ takenDown: true, ...(why && { takenDownFor: why }) }, 'It was taken down.')
  }
  return (
    <form class="stack" onSubmit={takeDown}>
      <label class="field">
        <span>Why</span>
        <input name="why" maxLength={500} />
        <small>Players that run are stopped. The film and its qualities stay.</small>
      </label>
      <div class="buttons">
        <button type="submit" class="button danger">
          Take it down
        </button>
      </div>
    </form>
  )
}
