import { describe, expect, it } from 'vitest'
import { labelOf, readContract } from './contract.ts'
import { readXml } from './xml.ts'

const KID = '98ee5596-cd3e-a20d-163a-e382420c6eff'
const KEY_ID = KID.replaceAll('-', '')
const rulesOf = (...rules: readonly (readonly [trackType: string, filters: string])[]) => {
  const inner = rules.map(
    ([trackType, filters]) =>
      `<ContentKeyUsageRule kid="${KID}" intendedTrackType="${trackType}">${filters}</ContentKeyUsageRule>`,
  )
  const list = `<ContentKeyUsageRuleList>${inner.join('')}</ContentKeyUsageRuleList>`
  return readContract(readXml(`<CPIX xmlns="urn:dashif:org:cpix">${list}</CPIX>`), [KEY_ID])
}
const fullHd = { width: 1920, height: 1080 }

describe('the label of a packager’s key', () => {
  it.each([
    ['AUDIO', '<AudioFilter/>', 'AUDIO'],
    [
      'STEREO_AUDIO+MULTICHANNEL_AUDIO',
      '<AudioFilter maxChannels="2"/><AudioFilter minChannels="3"/>',
      'AUDIO',
    ],
    ['SD', '<VideoFilter maxPixels="589824"/>', 'SD'],
    ['HD', '<VideoFilter minPixels="589825" maxPixels="2073600"/>', 'HD'],
    ['UHD', '<VideoFilter minPixels="2073601"/>', 'UHD'],
    [
      'UHD1+UHD2',
      '<VideoFilter minPixels="2073601" maxPixels="8847360"/><VideoFilter minPixels="8847361"/>',
      'UHD',
    ],
    ['SD+HD', '<VideoFilter maxPixels="589824"/><VideoFilter minPixels="589825" maxPixels="2073600"/>', 'HD'],
    ['SD', '<VideoFilter/>', 'SD'],
    ['VIDEO', '<VideoFilter/>', 'HD'],
    ['ALL', '<AudioFilter/><VideoFilter/>', 'HD'],
    ['VIDEO', '<VideoFilter maxPixels="many"/>', 'HD'],
    ['VIDEO', '<VideoFilter maxPixels=""/>', 'HD'],
    ['VIDEO', '<VideoFilter maxPixels="-1"/>', 'HD'],
  ])('for %s with %s is %s', (trackType, filters, label) => {
    expect(labelOf(rulesOf([trackType, filters]), fullHd)).toBe(label)
  })
  it('is UHD where nothing limits it and the film’s size is not known', () => {
    expect(labelOf(rulesOf(['VIDEO', '<VideoFilter/>']), { width: null, height: null })).toBe('UHD')
  })
  it('is the best of its rules', () => {
    const rules = rulesOf(['SD', '<VideoFilter/>'], ['UHD', '<VideoFilter/>'])
    expect(labelOf(rules, fullHd)).toBe('UHD')
  })
})
