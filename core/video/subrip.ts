import { CaptionBroken, type CueCount, type Lines } from './caption-problem.ts'
import { cueTime, writeVtt } from './webvtt.ts'

interface Cue {
  readonly startSeconds: number
  readonly endSeconds: number
  readonly settings: string
  readonly text: readonly string[]
}

/**
 * Turns SubRip into WebVTT. There is no standard for it, so what players take is taken: missing or wrong numbers, missing
 * empty lines, `.` for `,`, hours of any length, any order. Bold, italic and underline stay, `{\an8}` becomes a place,
 * fonts and other style go. Throws `CaptionBroken` with the line and the rule.
 */
export function readSubRip(lines: Lines): CueCount & { vtt: string } {
  const heads = lines.flatMap((text, index) =>
    isHead(lines, index) ? [{ index, ...readTimes(text, index + 1) }] : [],
  )
  checkStart(lines, heads[0]?.index)
  const cues = heads.map(({ index, startSeconds, endSeconds }, n): Cue => {
    const text = bodyOf(lines, index + 1, heads[n + 1]?.index)
    return { startSeconds, endSeconds, settings: placeOf(text.join('\n')), text: text.map(toVttText) }
  })
  const shown = cues.filter((cue) => cue.text.some((line) => line.trim() !== ''))
  // WebVTT wants cues by start; players of SubRip sort them themselves.
  const ordered = shown.toSorted((a, b) => a.startSeconds - b.startSeconds)
  return { vtt: writeVtt(ordered.map(writeCue)), cues: ordered.length }
}

const TIME = String.raw`(\d+):(\d{1,2}):(\d{1,2})(?:[,.](\d{1,3}))?`
const TIMES = new RegExp(String.raw`^\s*${TIME}\s*-->\s*${TIME}(?:\s.*)?$`)

/** A line of cue times, or what was meant as one: digits and colons before the arrow, or a number above it. */
function isHead(lines: Lines, index: number): boolean {
  const line = lines[index] ?? ''
  if (!line.includes('-->')) return false
  return /^\s*\d+\s*[:.,]\s*\d/.test(line) || (isNumber(lines[index - 1]) && isBlank(lines[index - 2]))
}

const isNumber = (line: string | undefined) => line !== undefined && /^\s*\d+\s*$/.test(line)
const isBlank = (line: string | undefined) => line === undefined || line.trim() === ''

function readTimes(text: string, line: number): { startSeconds: number; endSeconds: number } {
  const parts = TIMES.exec(text)?.slice(1)
  if (!parts) throw new CaptionBroken(line, 'cue-times', 'cue times look like 00:01:02,000 --> 00:01:04,500')
  const [startSeconds, endSeconds] = [secondsOf(parts.slice(0, 4)), secondsOf(parts.slice(4))]
  if (startSeconds < endSeconds) return { startSeconds, endSeconds }
  throw new CaptionBroken(line, 'cue-length', 'a cue must end after it starts')
}

function secondsOf([hours = '0', minutes = '0', seconds = '0', rest = '']: readonly string[]): number {
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds) + Number(rest.padEnd(3, '0')) / 1000
}

function checkStart(lines: Lines, firstHead: number | undefined): void {
  const before = lines.slice(0, firstHead)
  const odd = before.findIndex((line) => !isBlank(line) && !isNumber(line))
  if (odd === -1) return
  throw new CaptionBroken(odd + 1, 'block', 'here a cue number or cue times must stand')
}

/** Text of a cue without blank lines, which WebVTT takes for its end, and without the number of the next cue. */
function bodyOf(lines: Lines, from: number, next: number | undefined): string[] {
  const isNextNumber = next !== undefined && next > from && isNumber(lines[next - 1])
  return lines.slice(from, isNextNumber ? next - 1 : next).filter((line) => !isBlank(line))
}

// No part may run past the next opening bracket: a megabyte of "<font " would be searched quadratically.
const DROPPED = /\{\\[^{}]*\}|<\/?font\b[^<>]*>/gi
const STYLE = /(<\/?[biu]\s*>|\{\/?[biu]\})/i
const BARE_AMPERSAND = /&(?!(?:amp|lt|gt|nbsp|lrm|rlm);)/g

/** Tags that both formats know stay; whatever else looks like markup is text. */
function toVttText(line: string): string {
  const parts = line.replace(DROPPED, '').split(STYLE)
  return parts
    .map((part, index) => (index % 2 === 1 ? styleTag(part) : plain(part)))
    .join('')
    .trim()
}

const styleTag = (found: string) => `<${found.replace(/[{}<>\s]/g, '').toLowerCase()}>`
const plain = (text: string) =>
  text.replace(BARE_AMPERSAND, '&amp;').replaceAll('<', '&lt;').replaceAll('-->', '--&gt;')

/** `{\an1}` to `{\an9}` place a cue like the keys of a number pad; WebVTT shows it at the bottom centre unless told. */
function placeOf(text: string): string {
  const key = Number(/\{\\an([1-9])\}/.exec(text)?.[1] ?? 2) - 1
  const line = ['', ' line:50%', ' line:0'][Math.floor(key / 3)] ?? ''
  const align = [' align:left', '', ' align:right'][key % 3] ?? ''
  return line + align
}

const writeCue = (cue: Cue) =>
  `${cueTime(cue.startSeconds)} --> ${cueTime(cue.endSeconds)}${cue.settings}\n${cue.text.filter((line) => line !== '').join('\n')}`
