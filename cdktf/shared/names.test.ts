import { describe, expect, it } from 'vitest'
import { globalName, NAME_RULES, nameFor, shortName } from './names.ts'
import { placeOf } from './place.ts'
import { CONFIG } from './wanted-stacks.ts'

const place = placeOf('aws', CONFIG.staging)

describe('a name', () => {
  it('is the prefix and what it is of', () => {
    expect(nameFor(place, 'lambda', 'video-api')).toBe('skyreel-staging-video-api')
  })
  it('that is too long is refused with its length, the rule and where that is written', () => {
    expect(() => nameFor(place, 'lambda', 'a'.repeat(60))).toThrow(
      `the Lambda function "skyreel-staging-${'a'.repeat(60)}" has 76 characters, at most 64 are allowed (${NAME_RULES.lambda.source})`,
    )
  })
  it('with letters that the platform does not take is refused, not changed', () => {
    expect(() => nameFor(place, 'storageQueue', 'onUpload')).toThrow('is no name for a storage queue')
  })
  it('of the longest length is taken', () => {
    expect(nameFor(place, 'sqsQueue', 'a'.repeat(64))).toHaveLength(80)
  })
})

describe('a name in the namespace of all the world', () => {
  it('ends with a hash of the account', () => {
    expect(globalName(place, 'bucket', 'media', '222222222222')).toMatch(
      /^skyreel-staging-media-[0-9a-z]{6}$/,
    )
  })
  it('is another one in another account', () => {
    const names = ['1', '2'].map((account) => globalName(place, 'bucket', 'media', account))
    expect(new Set(names).size).toBe(2)
  })
  it('is another one in a preview', () => {
    const preview = placeOf('aws', CONFIG.staging, 'pr-12')
    expect(globalName(preview, 'bucket', 'media', '1')).not.toBe(globalName(place, 'bucket', 'media', '1'))
  })
  it('has no hyphens where the platform takes none, and fits into 24 characters', () => {
    expect(globalName(place, 'storageAccount', 'media', '1')).toMatch(/^skyreelsmedia[0-9a-z]{6}$/)
  })
})

describe('a short name', () => {
  it('is the whole where it fits', () => {
    expect(shortName(place, 'containerAppJob', 'transcode')).toBe('skyreel-staging-transcode')
  })
  it('ends with a hash of the whole where it does not', () => {
    expect(shortName(place, 'serviceAccount', 'deleted-video-cleaner')).toMatch(/^[a-z-]{23}-[0-9a-z]{6}$/)
  })
  it('differs where the wholes differ in what is cut away', () => {
    const long = 'a'.repeat(40)
    expect(shortName(place, 'serviceAccount', `${long}b`)).not.toBe(
      shortName(place, 'serviceAccount', `${long}c`),
    )
  })
})
