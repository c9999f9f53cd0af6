import type { FieldError } from '../http/problem.ts'

export interface ChapterStart {
  readonly startSeconds: number
}

/**
 * The rules that a list of chapters breaks, by field (`body.items.2.startSeconds`); none where it is fine. Starts must rise,
 * differ by a millisecond at least and lie inside the film; the first may be later than 0. Without a duration (the film is
 * not probed yet) only the order is looked at.
 */
export function checkChapters(
  chapters: readonly ChapterStart[],
  durationSeconds: number | undefined,
): FieldError[] {
  return chapters.flatMap(({ startSeconds }, index) => {
    const before = chapters[index - 1]?.startSeconds
    const broken = outside(startSeconds, durationSeconds) ?? misplaced(startSeconds, before)
    return broken ? [{ field: `body.items.${index}.startSeconds`, ...broken }] : []
  })
}

type Broken = Pick<FieldError, 'rule' | 'message'>

function outside(start: number, durationSeconds: number | undefined): Broken | undefined {
  if (start >= 0 && (durationSeconds === undefined || start < durationSeconds)) return undefined
  const end = durationSeconds === undefined ? '' : ` (0 to ${durationSeconds} s)`
  return { rule: 'inside', message: `must lie inside the film${end}` }
}

/** Compared in whole milliseconds, for so they are kept. */
function misplaced(start: number, before: number | undefined): Broken | undefined {
  const step = before === undefined ? 1 : Math.round(start * 1000) - Math.round(before * 1000)
  if (step > 0) return undefined
  if (step === 0) return { rule: 'unique', message: 'is the start of the chapter before it' }
  return { rule: 'order', message: 'must come after the chapter before it' }
}
