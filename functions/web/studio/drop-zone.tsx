import type { TargetedEvent } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { Icon } from '../kit/icons.tsx'

/** Takes films dropped anywhere on the page, or chosen by the button. */
export function DropZone({ onFiles }: { onFiles: (files: File[]) => void }) {
  const [over, setOver] = useState(false)
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => catchDrops(onFiles, setOver), [])

  const chosen = (event: TargetedEvent<HTMLInputElement>) => {
    onFiles([...(event.currentTarget.files ?? [])])
    // So that choosing the same file again is a change again.
    event.currentTarget.value = ''
  }
  return (
    <section class={over ? 'drop over' : 'drop'} aria-label="Upload films">
      <Icon name="up" size={34} />
      <p class="drop-title">
        <b>Drop films here</b>
        <span class="soft">
          Several at once are fine. Each is looked into before it leaves your computer.
        </span>
      </p>
      <button type="button" class="button main" onClick={() => input.current?.click()}>
        Choose films
      </button>
      <input
        ref={input}
        class="unseen"
        type="file"
        multiple
        accept="video/*,audio/*,.mkv,.ts,.mts,.m2ts,.mxf,.avi,.mov"
        aria-label="Films to upload"
        tabIndex={-1}
        onChange={chosen}
      />
    </section>
  )
}

/** A file dropped beside the zone would replace the page and end the uploads: the whole window takes it. */
function catchDrops(onFiles: (files: File[]) => void, setOver: (over: boolean) => void): () => void {
  const done = new AbortController()
  const on = (name: 'dragover' | 'dragleave' | 'drop', does: (event: DragEvent) => void) =>
    addEventListener(name, does, { signal: done.signal })
  on('dragover', (event) => {
    event.preventDefault()
    setOver(event.dataTransfer?.types.includes('Files') ?? false)
  })
  on('dragleave', (event) => {
    if (event.relatedTarget === null) setOver(false)
  })
  on('drop', (event) => {
    event.preventDefault()
    setOver(false)
    onFiles(filesOf(event.dataTransfer))
  })
  return () => done.abort()
}

/** Folders come as files that cannot be read: they are left out. */
function filesOf(data: DataTransfer | null): File[] {
  const items = [...(data?.items ?? [])].filter((item) => item.kind === 'file')
  const plain = items.filter((item) => item.webkitGetAsEntry()?.isDirectory !== true)
  return plain.map((item) => item.getAsFile()).filter((file) => file !== null)
}
