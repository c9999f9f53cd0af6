import { tooLarge } from '../http/json-body.ts'
import { Problem } from '../http/problem.ts'
import { CaptionBroken, captionProblem, type Lines } from './caption-problem.ts'
import { readSubRip } from './subrip.ts'
import { readVtt } from './webvtt.ts'

/** Largest caption file in bytes: two hours of dense talk need a tenth of it. */
export const CAPTION_MAX_BYTES = 1_048_576
export const CAPTION_MAX_CUES = 10_000
/** Media types of caption files. A file that begins with WEBVTT is WebVTT whatever it is called. */
export const CAPTION_TYPES = ['text/vtt', 'application/x-subrip', 'text/srt', 'text/plain'] as const

export interface CaptionFile {
  /** WebVTT in UTF-8 with a line for HLS players in its header; a `<track>` takes it as well. */
  readonly vtt: string
  readonly cues: number
}

/**
 * Reads an uploaded WebVTT or SubRip file in UTF-8, or UTF-16 with a byte order mark. `text/vtt` must be WebVTT.
 * Throws a Problem: 413 above 1 MiB, 400 `invalid-utf8`, 422 naming the line and the rule that it breaks.
 */
export function readCaptionFile(bytes: Uint8Array, mediaType: string): CaptionFile {
  if (bytes.byteLength > CAPTION_MAX_BYTES) throw tooLarge(CAPTION_MAX_BYTES)
  const lines = decode(bytes).split(/\r\n|\r|\n/)
  const isVtt = /^\s*text\/vtt\s*(?:;|$)/i.test(mediaType) || (lines[0] ?? '').startsWith('WEBVTT')
  try {
    checkCharacters(lines)
    const file = isVtt ? readVtt(lines) : readSubRip(lines)
    checkCount(file.cues)
    return file
  } catch (error) {
    throw error instanceof CaptionBroken ? captionProblem(error) : error
  }
}

/**
 * Strict: a subtitle file in an old code page would be shown as rubbish if we guessed, and which page it is nobody knows.
 * The decoders take the byte order mark away.
 */
function decode(bytes: Uint8Array): string {
  const encoding =
    ENCODINGS.find(({ mark }) => mark.every((byte, index) => bytes[index] === byte))?.name ?? 'utf-8'
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes)
  } catch (cause) {
    const detail = 'The file is not valid UTF-8. Save it as UTF-8, or as UTF-16 with a byte order mark.'
    throw new Problem(
      { status: 400, code: 'invalid-utf8', title: 'The body cannot be read', detail },
      { cause },
    )
  }
}
const ENCODINGS = [
  { name: 'utf-16le', mark: [0xff, 0xfe] },
  { name: 'utf-16be', mark: [0xfe, 0xff] },
] as const

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/

/** A NUL is what UTF-16 without its mark looks like, or a binary file. */
function checkCharacters(lines: Lines): void {
  const at = lines.findIndex((line) => CONTROL.test(line))
  if (at !== -1)
    throw new CaptionBroken(at + 1, 'characters', 'the file holds control characters: is it text?')
}

function checkCount(cues: number): void {
  if (cues === 0) throw new CaptionBroken(1, 'no-cues', 'the file has no cues')
  if (cues > CAPTION_MAX_CUES)
    throw new CaptionBroken(
      1,
      'too-many-cues',
      `a file may have ${CAPTION_MAX_CUES} cues at most, this has ${cues}`,
    )
}

/** Longest tag that is taken: BCP 47 (RFC 5646 4.4.1) asks for 35 characters of room. */
const MAX_LENGTH = 35

/** Whether a text is a language tag of BCP 47: `en`, `pt-BR`, `zh-Hant-TW`. Its form is looked at, not the registry. */
export const isLanguageTag = (text: string): boolean => canonicalLanguageTag(text) !== undefined

/** The tag as it is usually written (`EN-us` is `en-US`), so that one language has one name; `undefined` for no tag. */
export function canonicalLanguageTag(text: string): string | undefined {
  if (text.length > MAX_LENGTH || !/^[a-z]{2,3}(?:-[a-z0-9]{1,8})*$/i.test(text)) return undefined
  try {
    return Intl.getCanonicalLocales(text)[0]
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}
