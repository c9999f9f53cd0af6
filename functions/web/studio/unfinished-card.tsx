import type { TargetedEvent } from 'preact'
import { useRef, useState } from 'preact/hooks'
import type { Upload } from '../../../core/video/wire.ts'
import { day, percent, size } from '../kit/format.ts'
import { attempt } from '../kit/say.tsx'
import { Thumb } from '../kit/thumb.tsx'
import { abortUpload, addFilm } from './films.ts'
import type { UploadMemory } from './upload/remember.ts'

/** An upload that was interrupted. The browser may not reach the file by itself: the person chooses it again. */
export function UnfinishedCard({ upload, memory }: { upload: Upload; memory: UploadMemory }) {
  const input = useRef<HTMLInputElement>(null)
  const [trouble, setTrouble] = useState<string>()
  const stored = upload.storedParts.reduce((sum, part) => sum + part.sizeBytes, 0)
  const share = upload.size === 0 ? 0 : stored / upload.size

  const chosen = (event: TargetedEvent<HTMLInputElement>) => {
    const file = event.currentTarget.files?.[0]
    event.currentTarget.value = ''
    if (!file) return
    if (file.size === upload.size) void addFilm(file, memory, upload)
    else setTrouble(`That is another file: it has ${size(file.size)}, this upload ${size(upload.size)}.`)
  }
  return (
    <article class="card row" aria-label={upload.name}>
      <Thumb />
      <div class="row-body">
        <h3 class="row-title">{upload.name}</h3>
        <progress class="bar still" value={share} max={1} aria-label={`Upload of ${upload.name}`} />
        <p class="soft small numbers">
          {percent(share)} of {size(upload.size)} is here · kept until {day(upload.expiresAt)}
        </p>
        {trouble && (
          <p class="note bad" role="alert">
            {trouble}
          </p>
        )}
        <div class="buttons">
          <button type="button" class="button small" onClick={() => input.current?.click()}>
            Choose the file again
          </button>
          <input
            ref={input}
            class="unseen"
            type="file"
            tabIndex={-1}
            aria-label={`File of ${upload.name}`}
            onChange={chosen}
          />
          <button
            type="button"
            class="button small danger"
            onClick={() => attempt(() => abortUpload(upload, memory))}
          >
            Discard
          </button>
        </div>
      </div>
    </article>
  )
}
