import type { TargetedEvent } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { Caption, Video } from '../../../core/video/wire.ts'
import { videos } from '../kit/api.ts'
import { words } from '../kit/problem.ts'
import { say } from '../kit/say.tsx'

const LANGUAGES = [
  'en',
  'de',
  'es',
  'fr',
  'it',
  'pt',
  'nl',
  'pl',
  'tr',
  'uk',
  'ar',
  'hi',
  'zh',
  'ja',
  'ko',
] as const
const names = new Intl.DisplayNames([navigator.language, 'en'], { type: 'language' })

/** The captions of a film, and a form that adds a WebVTT or SRT file. */
export function CaptionsForm({ video }: { video: Video }) {
  const [captions, setCaptions] = useState<readonly Caption[]>([])
  const [trouble, setTrouble] = useState<string>()
  const tried = async (work: () => Promise<unknown>) => {
    setTrouble(undefined)
    try {
      await work()
      setCaptions((await videos.captions(video.id)).items)
    } catch (error) {
      setTrouble(words(error))
    }
  }
  useEffect(() => void tried(async () => undefined), [video.id])

  const add = async (event: TargetedEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = event.currentTarget
    await tried(async () => {
      await addFile(video.id, new FormData(form))
      form.reset()
      say('Captions added.')
    })
  }
  return (
    <form class="stack section" onSubmit={add}>
      <h3>Captions</h3>
      {captions.map(({ language, label }) => (
        <p key={language} class="caption">
          <span>
            {label} <span class="soft">({language})</span>
          </span>
          <button
            type="button"
            class="button small danger"
            aria-label={`Remove captions ${label}`}
            onClick={() => tried(() => videos.removeCaptions(video.id, language))}
          >
            Remove
          </button>
        </p>
      ))}
      <div class="caption-fields">
        <label class="field">
          <span>Language</span>
          <select name="language">
            {LANGUAGES.map((language) => (
              <option key={language} value={language}>
                {names.of(language)}
              </option>
            ))}
          </select>
        </label>
        <label class="field">
          <span>WebVTT or SRT file</span>
          <input name="file" type="file" accept=".vtt,.srt,text/vtt,application/x-subrip" required />
        </label>
      </div>
      {trouble && (
        <p class="note bad" role="alert">
          {trouble}
        </p>
      )}
      <div class="buttons">
        <button type="submit" class="button">
          Add captions
        </button>
      </div>
    </form>
  )
}

async function addFile(video: string, form: FormData): Promise<void> {
  const language = String(form.get('language'))
  const file = form.get('file')
  if (!(file instanceof File) || file.size === 0) throw new Error('Choose a WebVTT or SRT file.')
  // Browsers know no media type for .srt: the name decides.
  const type = /\.srt$/i.test(file.name) ? 'application/x-subrip' : 'text/vtt'
  await videos.addCaptions(video, { language, label: names.of(language) ?? language, type, data: file })
}
