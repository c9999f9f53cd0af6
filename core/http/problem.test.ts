import { describe, expect, it } from 'vitest'
import { invalid, Problem, problemResponse } from './problem.ts'
import { jsonOf } from './testing/request.ts'

describe('a problem', () => {
  it('is answered as application/problem+json that no cache keeps', () => {
    const { headers } = problemResponse({ status: 409, code: 'taken', title: 'Taken' }, 'r')
    expect(headers).toEqual({ 'content-type': 'application/problem+json', 'cache-control': 'no-store' })
  })
  it('leaves out what it has nothing to say of', () => {
    expect(jsonOf(problemResponse({ status: 409, code: 'taken', title: 'Taken' }, 'r'))).toEqual({
      type: '/problems/taken',
      title: 'Taken',
      status: 409,
      code: 'taken',
      instance: 'r',
    })
  })
  it('keeps the cause for the log and out of the answer', () => {
    const problem = new Problem({ status: 400, code: 'x', title: 'X' }, { cause: new Error('inside') })
    expect([problem.cause, JSON.stringify(problemResponse(problem.facts, 'r')).includes('inside')]).toEqual([
      new Error('inside'),
      false,
    ])
  })
  it('of input sums up its fields in one sentence', () => {
    const { facts } = invalid([
      { field: 'body.a', rule: 'required', message: 'is required' },
      { field: 'body.b', rule: 'type', message: 'must be text' },
    ])
    expect(facts.detail).toBe('body.a: is required; body.b: must be text')
  })
})
