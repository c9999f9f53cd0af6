import { CaptionBroken, type CueCount, type Lines } from './caption-problem.ts'

/** Tells HLS players that cue times count from the start of the film (Apple rule 5.3); a `<track>` skips it. */
const TIMESTAMP_MAP = 'X-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000'

/** A WebVTT file of these blocks (cues, NOTE, STYLE, REGION), each without blank lines. */
export const writeVtt = (blocks: readonly string[]): string =>
  `${[`WEBVTT\n${TIMESTAMP_MAP}`, ...blocks].join('\n\n')}\n`

/** `HH:MM:SS.mmm`, hours of two digits or more. */
export function cueTime(seconds: number): string {
  const ms = Math.round(seconds * 1000)
  const two = (value: number) => `${Math.floor(value)}`.padStart(2, '0')
  const clock = [ms / 3_600_000, (ms / 60_000) % 60, (ms / 1000) % 60].map(two).join(':')
  return `${clock}.${`${ms % 1000}`.padStart(3, '0')}`
}

/**
 * Checks a WebVTT file and writes it anew with our own header; cues, comments and styles stay as they are. Throws
 * `CaptionBroken` with the line and the rule. Stricter than browsers, which skip what they do not understand: a cue that
 * silently never shows is worse than a refusal.
 */
export function readVtt(lines: Lines): CueCount & { vtt: string } {
  if (!/^WEBVTT(?:[ \t]|$)/.test(lines[0] ?? ''))
    throw new CaptionBroken(1, 'header', 'a WebVTT file begins with WEBVTT')
  const [header, ...blocks] = blocksOf(lines)
  checkHeader(header)
  let earliest = 0
  let cues = 0
  for (const block of blocks) {
    const start = checkBlock(block, { earliest, cues })
    if (start === undefined) continue
    earliest = start
    cues++
  }
  return { vtt: writeVtt(blocks.map((block) => block.lines.join('\n'))), cues }
}

function checkHeader(header: Block | undefined): void {
  const arrow = header?.lines.findIndex((line) => line.includes('-->')) ?? -1
  if (arrow !== -1)
    throw new CaptionBroken(arrow + 1, 'header', 'an empty line must stand before the first cue')
}

interface Block {
  /** Line number of its first line, from 1. */
  readonly line: number
  readonly lines: readonly string[]
}

function blocksOf(lines: Lines): Block[] {
  const blocks: { line: number; lines: string[] }[] = []
  let open = false
  lines.forEach((text, index) => {
    if (text.trim() === '') open = false
    else if (open) blocks.at(-1)?.lines.push(text)
    else {
      blocks.push({ line: index + 1, lines: [text] })
      open = true
    }
  })
  return blocks
}

/** The start of a cue in milliseconds; `undefined` for a block that is not a cue. */
function checkBlock(block: Block, before: { earliest: number; cues: number }): number | undefined {
  const at = block.lines.slice(0, 2).findIndex((line) => line.includes('-->'))
  checkNoArrow(block, at + 1)
  if (at === -1) {
    checkOther(block, before.cues)
    return undefined
  }
  const times = readTimes(block.lines[at] ?? '', block.line + at)
  if (times.start >= before.earliest) return times.start
  throw new CaptionBroken(block.line + at, 'cue-order', 'a cue may not start before the cue above it')
}

function checkNoArrow(block: Block, from: number): void {
  const arrow = block.lines.findIndex((line, index) => index >= from && line.includes('-->'))
  if (arrow === -1) return
  const message = 'cue text may not hold "-->": put an empty line between two cues, or write --&gt;'
  throw new CaptionBroken(block.line + arrow, 'cue-text', message)
}

function checkOther(block: Block, cues: number): void {
  const kind = /^(NOTE|STYLE|REGION)(?:[ \t]|$)/.exec(block.lines[0] ?? '')?.[1]
  if (kind === undefined)
    throw new CaptionBroken(
      block.line,
      'block',
      'here a cue with its times, a NOTE, a STYLE or a REGION must stand',
    )
  if (kind !== 'NOTE' && cues > 0)
    throw new CaptionBroken(block.line, 'style-order', `${kind} blocks stand before the first cue`)
}

const TIMES = /^[ \t]*(\S+)[ \t]+-->[ \t]+(\S+)(?:[ \t].*)?$/
const TIME = /^(?:(\d{2,}):)?([0-5]\d):([0-5]\d)\.(\d{3})$/

function readTimes(text: string, line: number): { start: number; end: number } {
  const match = TIMES.exec(text)
  const [start, end] = [milliseconds(match?.[1]), milliseconds(match?.[2])]
  if (start === undefined || end === undefined)
    throw new CaptionBroken(line, 'cue-times', 'cue times look like 00:01:02.000 --> 00:01:04.500')
  if (start < end) return { start, end }
  throw new CaptionBroken(line, 'cue-length', 'a cue must end after it starts')
}

function milliseconds(text = ''): number | undefined {
  const match = TIME.exec(text)
  if (!match) return undefined
  const [hours, minutes, seconds, rest] = match.slice(1).map((part) => Number(part ?? 0))
  return (((hours ?? 0) * 60 + (minutes ?? 0)) * 60 + (seconds ?? 0)) * 1000 + (rest ?? 0)
}
