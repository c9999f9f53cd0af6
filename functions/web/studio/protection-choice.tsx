import { PROTECTIONS, type Protection } from '../../../core/protection/model.ts'
import { PROTECTION_WORDS } from './protection-words.ts'

/** How a film's files are encrypted. */
export function ProtectionChoice({
  label,
  value,
  onChange,
}: {
  label: string
  value: Protection
  onChange: (value: Protection) => void
}) {
  return (
    <label class="field">
      <span>{label}</span>
      <select value={value} onChange={(event) => onChange(event.currentTarget.value as Protection)}>
        {PROTECTIONS.map((protection) => (
          <option key={protection} value={protection}>
            {PROTECTION_WORDS[protection].name}
          </option>
        ))}
      </select>
      <small>{PROTECTION_WORDS[value].sentence}</small>
    </label>
  )
}
