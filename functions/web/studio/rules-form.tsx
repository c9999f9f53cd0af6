import type { TargetedEvent } from 'preact'
import { useState } from 'preact/hooks'
import type { PlaybackRules } from '../../../core/playback/wire.ts'
import type { Video } from '../../../core/video/wire.ts'
import { useAsked } from '../kit/asked.ts'
import { ofFilm } from '../kit/playback-api.ts'
import { words } from '../kit/problem.ts'
import { say } from '../kit/say.tsx'
import { Trouble, Waiting } from '../kit/trouble.tsx'
import { countriesIn, localTime, rulesIn } from './rules.ts'

/** When, where and by whom a film may be played, beyond who may see it. */
export function RulesForm({ video }: { video: Video }) {
  const { value, trouble, again, set } = useAsked(() => ofFilm.rules(video.id))
  if (trouble) return <Trouble words={trouble} again={again} />
  if (!value) return <Waiting rows={3} />
  return <Fields video={video} rules={value} onSaved={set} />
}

const SWITCHES = [
  ['refuseAnonymous', 'Not through VPNs and proxies'],
  ['allowOffline', 'May be kept on a device, where the plan has that'],
  ['hardwareForHd', 'HD only on devices that keep keys in hardware; others get SD'],
] as const

interface FieldsProps {
  video: Video
  rules: PlaybackRules
  onSaved: (rules: PlaybackRules) => void
}

function Fields({ video, rules, onSaved }: FieldsProps) {
  const [trouble, setTrouble] = useState<string>()
  const save = async (event: TargetedEvent<HTMLFormElement>) => {
    event.preventDefault()
    setTrouble(undefined)
    try {
      onSaved(await ofFilm.setRules(video.id, rulesIn(new FormData(event.currentTarget), rules)))
      say('Saved.')
    } catch (error) {
      setTrouble(words(error))
    }
  }
  return (
    <form class="stack" onSubmit={save}>
      <div class="pair">
        <label class="field">
          <span>From</span>
          <input type="datetime-local" name="startsAt" defaultValue={localTime(rules.startsAt)} />
        </label>
        <label class="field">
          <span>Until</span>
          <input type="datetime-local" name="endsAt" defaultValue={localTime(rules.endsAt)} />
        </label>
      </div>
      <div class="pair">
        <label class="field">
          <span>Only in</span>
          <input name="countries" defaultValue={countriesIn(rules.countries)} placeholder="DE, AT, CH" />
        </label>
        <label class="field">
          <span>Not in</span>
          <input name="notCountries" defaultValue={countriesIn(rules.notCountries)} placeholder="US" />
        </label>
      </div>
      <small class="soft">Countries by their two letters. Empty: everywhere, at any time.</small>
      <label class="field">
        <span>From age</span>
        <input name="minAge" type="number" min={1} max={21} defaultValue={rules.minAge ?? ''} />
      </label>
      {SWITCHES.map(([name, text]) => (
        <label key={name} class="switch">
          <input type="checkbox" name={name} defaultChecked={rules[name]} /> {text}
        </label>
      ))}
      {trouble && (
        <p class="note bad" role="alert">
          {trouble}
        </p>
      )}
      <div class="buttons">
        <button type="submit" class="button">
          Save rules
        </button>
      </div>
    </form>
  )
}
