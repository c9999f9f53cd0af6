import { describe, expect, it } from 'vitest'
import { canonicalLanguageTag, isLanguageTag } from './caption-file.ts'

describe('isLanguageTag', () => {
  it.each(['en', 'EN', 'pt-BR', 'zh-Hant-TW', 'es-419', 'gsw', 'und', 'de-1996'])('takes %s', (text) => {
    expect(isLanguageTag(text)).toBe(true)
  })

  it.each([
    '',
    'e',
    'english',
    'en_US',
    'en-',
    'en--US',
    '../en',
    'en"',
    'en-US-x',
    `en-${'a'.repeat(9)}`,
    'en\n',
    'de-DE-DE',
    `en${'-aaaaaaaa'.repeat(5)}`,
  ])('refuses %j', (text) => {
    expect(isLanguageTag(text)).toBe(false)
  })

  it('has one way to write a language', () => {
    expect(canonicalLanguageTag('ZH-hant-tw')).toBe('zh-Hant-TW')
  })
})
