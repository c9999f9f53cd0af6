import { describe, expect, it } from 'vitest'
import { readConfig, readFlags } from './config.ts'

describe('the environment', () => {
  it('overrides single values', () => {
    expect(readConfig({ SKYREEL_UPLOAD_DAYS: '3', SKYREEL_FLAGS: 'top-rungs=off' }, 8)).toEqual({
      unitsAtOnce: 2,
      uploadDays: 3,
      flags: { 'top-rungs': false },
    })
  })
  it('with a number that is none is refused by name', () => {
    expect(() => readConfig({ SKYREEL_UPLOAD_DAYS: '3.5' }, 8)).toThrow('SKYREEL_UPLOAD_DAYS')
  })
})

describe('SKYREEL_FLAGS', () => {
  it.each([
    ['', {}],
    ['open-signup=off', { 'open-signup': false }],
    [' open-signup = on , top-rungs=off,', { 'open-signup': true, 'top-rungs': false }],
  ])('%j is read as %j', (text, flags) => {
    expect(readFlags(text)).toEqual(flags)
  })
  it.each([
    ['open-sign-up=off', 'there is no flag open-sign-up; known: open-signup, top-rungs'],
    ['toString=off', 'there is no flag toString'],
    ['open-signup', 'write open-signup=on or open-signup=off'],
    ['open-signup=false', 'write open-signup=on or open-signup=off'],
    ['open-signup=on=off', 'write open-signup=on or open-signup=off'],
  ])('%j is refused with what is wrong', (text, says) => {
    expect(() => readFlags(text)).toThrow(says)
  })
})
