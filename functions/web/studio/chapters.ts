import { clock, parseClock } from '../kit/format.ts'

export interface Chapter {
  readonly startSeconds: number
  readonly title: string
}
export type ChaptersRead = { readonly items: Chapter[] } | { readonly wrong: string }

/** One chapter a line, as people write them: `1:05 The storm`. */
export const writeChapters = (chapters: readonly Chapter[]): string =>
  chapters.map(({ startSeconds, title }) => `${clock(startSeconds)} ${title}`).join('\n')

/** The inverse, sorted by time; or a sentence on the first line that is wrong. */
export function readChapters(text: string): ChaptersRead {
  const items: Chapter[] = []
  for (const line of text.split('\n').map((l) => l.trim())) {
    if (line === '') continue
    const [, time = '', title = ''] = /^(\S+)\s+(.+)$/.exec(line) ?? []
    const startSeconds = parseClock(time)
    if (startSeconds === undefined)
      return { wrong: `“${line}”: begin each line with a time, like 1:05 The storm` }
    if (items.some((item) => item.startSeconds === startSeconds))
      return { wrong: `Two chapters begin at ${time}` }
    items.push({ startSeconds, title })
  }
  return { items: items.sort((a, b) => a.startSeconds - b.startSeconds) }
}
