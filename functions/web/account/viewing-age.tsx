import { useAsked } from '../kit/asked.ts'
import { viewingLimits } from '../kit/playback-api.ts'
import { attempt, say } from '../kit/say.tsx'
import { Trouble, Waiting } from '../kit/trouble.tsx'

const AGES = [6, 9, 12, 14, 16, 18] as const

/** Until which age films are shown to whoever uses the account. */
export function ViewingAge() {
  const { value, trouble, again, set } = useAsked(viewingLimits.get)
  const choose = (text: string) =>
    attempt(async () => {
      set(await viewingLimits.set(text === '' ? {} : { age: Number(text) }))
      say('Saved.')
    })
  if (trouble) return <Trouble words={trouble} again={again} />
  if (!value) return <Waiting rows={1} />
  return (
    <label class="field">
      <span>Films that may be played</span>
      <select value={value.age ?? ''} onChange={(event) => choose(event.currentTarget.value)}>
        <option value="">Those without an age limit</option>
        {agesWith(value.age).map((age) => (
          <option key={age} value={age}>
            {age === 18 ? 'All ages, also from 18' : `Ages up to ${age}`}
          </option>
        ))}
      </select>
      <small>Holds for everybody who watches with this account.</small>
    </label>
  )
}

/** An age that was set elsewhere is listed, too. */
const agesWith = (age: number | undefined): readonly number[] =>
  age === undefined || AGES.some((known) => known === age) ? AGES : [...AGES, age].sort((a, b) => a - b)
