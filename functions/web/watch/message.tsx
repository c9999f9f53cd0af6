import type { ComponentChildren } from 'preact'

interface MessageProps {
  title: string
  again?: (() => void) | undefined
  children?: ComponentChildren
}

/** What stands where a film or the list cannot. */
export function Message({ title, again, children }: MessageProps) {
  return (
    <div class="empty card message">
      <div role="status">
        <h1>{title}</h1>
      </div>
      {children}
      {again && (
        <button type="button" class="button" onClick={again}>
          Try again
        </button>
      )}
    </div>
  )
}
