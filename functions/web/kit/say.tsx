import { signal } from '@preact/signals'
import { words } from './problem.ts'

const said = signal('')
let timer: ReturnType<typeof setTimeout> | undefined

/** Shows a sentence at the foot of the page for some seconds, and reads it out where a screen reader listens. */
export function say(sentence: string): void {
  clearTimeout(timer)
  said.value = sentence
  timer = setTimeout(() => {
    said.value = ''
  }, 6_000)
}

/** Runs what a button starts, and says what went wrong. Answers whether it went well. */
export async function attempt(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work()
    return true
  } catch (error) {
    console.error(error)
    say(words(error))
    return false
  }
}

export function Said() {
  return (
    <div class="said" role="status">
      {said.value}
    </div>
  )
}
