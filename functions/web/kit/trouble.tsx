import './trouble.css'

/** What stands where something could not be loaded. */
export function Trouble({ words, again }: { words: string; again: () => void }) {
  return (
    <div class="note bad trouble" role="alert">
      <p>{words}</p>
      <button type="button" class="button small" onClick={again}>
        Try again
      </button>
    </div>
  )
}

/** Room for what is on its way, so that nothing jumps when it comes. */
export function Waiting({ rows = 1 }: { rows?: number }) {
  return (
    <div class="waiting" aria-busy="true">
      <span class="unseen">Loading</span>
      {Array.from({ length: rows }, (_, at) => (
        <div key={at} class="waiting-row" />
      ))}
    </div>
  )
}
