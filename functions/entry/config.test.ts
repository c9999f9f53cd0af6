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
  it('overrides how films are protected', () => {
    const given = {
      SKYREEL_LICENSE_SECONDS: '60',
      SKYREEL_DRM_BY: 'axinom',
      SKYREEL_PLAYBACK_BINDS_ADDRESS: 'on',
    }
    expect(readConfig(given, 8)).toMatchObject({
      licenseSeconds: 60,
      drmBy: 'axinom',
      playbackBindsAddress: true,
    })
  })
  it('with a word for a switch that is neither on nor off is refused by name', () => {
    expect(() => readConfig({ SKYREEL_PLAYBACK_BINDS_ADDRESS: 'yes' }, 8)).toThrow(
      'SKYREEL_PLAYBACK_BINDS_ADDRESS is on or off',
    )
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
