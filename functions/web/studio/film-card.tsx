import { percent, remaining, size } from '../kit/format.ts'
import { attempt } from '../kit/say.tsx'
import { Thumb } from '../kit/thumb.tsx'
import { cancelFilm, type Film, type FilmState, pauseFilm, send } from './films.ts'
import { describe } from './look/judge.ts'
import type { Look } from './look/look.ts'
import type { UploadMemory } from './upload/remember.ts'

/** A film on its way to the store: what the look found, how far it is, and what can be done. */
export function FilmCard({ film, memory }: { film: Film; memory: UploadMemory }) {
  const state = film.state.value
  const look = film.look.value
  const share = film.file.size === 0 ? 0 : state.sentBytes / film.file.size
  return (
    <article class="card row" aria-label={film.file.name}>
      <Thumb posterUrl={look?.posterUrl} seconds={look?.facts?.durationSeconds} sound={soundOnly(look)} />
      <div class="row-body">
        <h3 class="row-title">{film.file.name}</h3>
        <p class="soft small">{look?.facts ? describe(look.facts) : lookWords(film.file, look)}</p>
        {look?.refusal && state.phase === 'asking' && (
          <p class="note warn" role="alert">
            <b>This will probably be refused.</b> {look.refusal.message}
          </p>
        )}
        <progress
          class={state.phase === 'sending' ? 'bar' : 'bar still'}
          value={share}
          max={1}
          aria-label={`Upload of ${film.file.name}`}
        />
        <p class="soft small numbers">{phaseWords(film.file, state, share)}</p>
        <p class="unseen" role="status">
          {STAGES[state.phase]}
        </p>
        {state.words && (
          <p class={state.phase === 'stopped' ? 'note bad' : 'note warn'} role="alert">
            {state.words}
          </p>
        )}
        <Actions film={film} memory={memory} />
      </div>
    </article>
  )
}

/** Read out at each change, and so without the numbers. */
const STAGES = {
  looking: '',
  asking: '',
  sending: 'The upload runs',
  paused: 'The upload is paused',
  stopped: '',
  sent: 'The upload is complete',
} as const

function Actions({ film, memory }: { film: Film; memory: UploadMemory }) {
  const { phase, upload } = film.state.value
  if (phase === 'sent') return null
  const go = { paused: 'Resume', stopped: 'Try again', asking: 'Upload anyway' }[phase as string]
  return (
    <div class="buttons">
      {phase === 'sending' && (
        <button type="button" class="button small" onClick={() => pauseFilm(film)}>
          Pause
        </button>
      )}
      {go && film.file.size > 0 && (
        <button type="button" class="button small" onClick={() => send(film, memory)}>
          {go}
        </button>
      )}
      <button
        type="button"
        class="button small danger"
        onClick={() => attempt(() => cancelFilm(film, memory))}
      >
        {upload ? 'Cancel' : 'Remove'}
      </button>
    </div>
  )
}

const soundOnly = (look: Look | undefined) => look?.facts !== undefined && look.facts.videoCodec === undefined

function lookWords(file: File, look: Look | undefined): string {
  if (!look) return 'Looking into the film …'
  return look.refusal ? size(file.size) : 'No preview: the film could not be looked into here.'
}

function phaseWords(file: File, { phase, sentBytes, bytesPerSecond }: FilmState, share: number): string {
  const of = `${size(sentBytes)} of ${size(file.size)}`
  if (phase === 'looking') return size(file.size)
  if (phase === 'asking') return 'Waiting for your word'
  if (phase === 'paused') return `Paused at ${percent(share)} · ${of}`
  if (phase === 'stopped') return `Stopped at ${percent(share)} · ${of}`
  if (phase === 'sent' || sentBytes >= file.size) return 'Sent. Finishing …'
  const left = bytesPerSecond
    ? ` · ${size(bytesPerSecond)}/s · ${remaining((file.size - sentBytes) / bytesPerSecond)} left`
    : ''
  return `${percent(share)} · ${of}${left}`
}
