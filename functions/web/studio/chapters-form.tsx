import type { TargetedEvent } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { Video } from '../../../core/video/wire.ts'
import { videos } from '../kit/api.ts'
import { words } from '../kit/problem.ts'
import { say } from '../kit/say.tsx'
import { readChapters, writeChapters } from './chapters.ts'

/** The chapters of a film as lines of text. */
export function ChaptersForm({ video }: { video: Video }) {
  const [text, setText] = useState<string>()
  const [trouble, setTrouble] = useState<string>()
  useEffect(() => {
    videos.chapters(video.id).then(
      ({ items }) => setText(writeChapters(items)),
      (error: unknown) => setTrouble(words(error)),
    )
  }, [video.id])

  const save = async (event: TargetedEvent<HTMLFormElement>) => {
    event.preventDefault()
    const chapters = readChapters(text ?? '')
    if ('wrong' in chapters) return setTrouble(chapters.wrong)
    try {
      const { items } = await videos.setChapters(video.id, chapters)
      setText(writeChapters(items))
      setTrouble(undefined)
      say('Chapters saved.')
    } catch (error) {
      setTrouble(words(error))
    }
  }
  return (
    <form class="stack section" onSubmit={save}>
      <label class="field">
        <span>Chapters</span>
        <textarea
          name="chapters"
          value={text ?? ''}
          disabled={text === undefined}
          placeholder={'0:00 Opening\n1:05 The storm'}
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <small>One a line: the time at which it begins, and its title.</small>
      </label>
      {trouble && (
        <p class="note bad" role="alert">
          {trouble}
        </p>
      )}
      <div class="buttons">
        <button type="submit" class="button" disabled={text === undefined}>
          Save chapters
        </button>
      </div>
    </form>
  )
}
