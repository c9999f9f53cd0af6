import { describe, expect, it } from 'vitest'
import { REFUSALS } from '../../../core/playback/model.ts'
import { ApiProblem } from '../kit/problem.ts'
import { REFUSAL_WORDS, refusalIn } from './refusal-words.ts'

const problem = (code: string) => new ApiProblem({ status: 403, code, title: code })

describe('REFUSAL_WORDS', () => {
  it('says every reason of the platform, and no other', () => {
    expect(Object.keys(REFUSAL_WORDS).sort()).toEqual(Object.keys(REFUSALS).sort())
  })

  it('leaves nobody without something to do', () => {
    expect(Object.entries(REFUSAL_WORDS).filter(([, { ways }]) => ways.length === 0)).toEqual([])
  })
})

describe('refusalIn', () => {
  it('finds the reason in the problem of an answer', () => {
    expect(refusalIn(problem('too-many-streams'))).toBe('too-many-streams')
  })

  it.each([
    ['another problem', problem('toString')],
    ['no answer', new Error('no')],
  ])('finds none in %s', (_name, error) => {
    expect(refusalIn(error)).toBeUndefined()
  })
})
