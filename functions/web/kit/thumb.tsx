import { clock } from './format.ts'
import { Icon } from './icons.tsx'

/** A film's poster, or a drawing where there is none, with its length in the corner. */
export function Thumb({
  posterUrl,
  seconds,
  sound,
  locked,
}: {
  posterUrl?: string | undefined
  seconds?: number | undefined
  sound?: boolean
  /** For subscribers alone. */
  locked?: boolean
}) {
  return (
    <div class="thumb">
      {posterUrl ? (
        <img src={posterUrl} alt="" loading="lazy" />
      ) : (
        <Icon name={sound ? 'sound' : 'film'} size={34} />
      )}
      {locked && (
        <span class="badge">
          <Icon name="lock" size={14} /> Subscribers
        </span>
      )}
      {seconds !== undefined && <span class="length">{clock(seconds)}</span>}
    </div>
  )
}
