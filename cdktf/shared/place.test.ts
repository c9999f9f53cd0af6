import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { placeOf, previewName, tagsOf } from './place.ts'
import { CONFIG } from './wanted-stacks.ts'

describe('a place', () => {
  it('names its stack after cloud and environment', () => {
    expect(placeOf('gcp', CONFIG.prod)).toMatchObject({ stackId: 'gcp-prod', prefix: 'skyreel-prod' })
  })
  it('of a preview has a stack and a prefix of its own', () => {
    expect(placeOf('aws', CONFIG.dev, 'pr-12')).toMatchObject({
      stackId: 'aws-dev-pr-12',
      prefix: 'skyreel-dev-pr-12',
    })
  })
})

describe('the name of a preview', () => {
  it('is the branch where that is short and plain', () => {
    expect(previewName('pr-12')).toBe('pr-12')
  })
  it('tells branches apart that would read alike', () => {
    const names = ['feature/a', 'feature-a', 'Feature/A'].map(previewName)
    expect(new Set(names).size).toBe(3)
  })
  it('is refused for a branch without a letter or digit', () => {
    expect(() => previewName('/-/')).toThrow('a preview needs a branch with letters or digits')
  })
  it('is a part of every resource name, whatever the branch', () => {
    const branch = fc.string({ unit: 'grapheme' }).filter((text) => /[a-z0-9]/i.test(text))
    const fits = fc.property(branch, (text) => /^[a-z][a-z0-9-]{0,9}$/.test(previewName(text)))
    expect(fc.check(fits)).toMatchObject({ failed: false })
  })
})

describe('the tags of a place', () => {
  it('are what the three clouds allow: small letters, digits and hyphens', () => {
    const words = Object.entries(tagsOf(placeOf('gcp', CONFIG.dev, 'pr-12'))).flat()
    expect(words.filter((word) => !/^[a-z0-9-]{1,63}$/.test(word))).toEqual([])
  })
  it('name the preview, so that what is left of one is found', () => {
    expect(tagsOf(placeOf('aws', CONFIG.dev, 'pr-12'))).toHaveProperty('preview', 'pr-12')
  })
})
