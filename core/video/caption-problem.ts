import { invalid, type Problem } from '../http/problem.ts'

/** Lines of a file without their ends. */
export type Lines = readonly string[]
export interface CueCount {
  readonly cues: number
}

export type CaptionRule =
  | 'header'
  | 'block'
  | 'cue-times'
  | 'cue-length'
  | 'cue-order'
  | 'cue-text'
  | 'style-order'
  | 'characters'
  | 'no-cues'
  | 'too-many-cues'

/** A rule that a caption file breaks, with the line (from 1) where it does. */
export class CaptionBroken extends Error {
  override readonly name = 'CaptionBroken'
  readonly line: number
  readonly rule: CaptionRule
  constructor(line: number, rule: CaptionRule, message: string) {
    super(message)
    this.line = line
    this.rule = rule
  }
}

/** The 422 answer for it. */
export const captionProblem = (broken: CaptionBroken): Problem =>
  invalid([{ field: 'body', rule: broken.rule, message: `line ${broken.line}: ${broken.message}` }])
