import { type KeyLabel, keyLabelOf } from '../../protection/model.ts'
import { keyIdOf } from '../license-key-id.ts'
import { SPEKE_ERRORS, SpekeRefused } from './refused.ts'
import { elementsOf, type XmlElement } from './xml.ts'

/** One ContentKeyUsageRule of the encryption contract: which tracks a key is for. */
export interface UsageRule {
  readonly keyId: string
  readonly trackType: string
  readonly audio: readonly XmlElement[]
  readonly video: readonly XmlElement[]
}

const FILTERS = new Set(['VideoFilter', 'AudioFilter', 'KeyPeriodFilter'])
const malformed = () => new SpekeRefused(SPEKE_ERRORS.malformedContract)

/**
 * The contract is the encryptor's and goes back as it came; only its form is checked, and that it is for the keys asked for.
 * https://docs.aws.amazon.com/speke/latest/documentation/encryption-contract-v2.html
 */
export function readContract(root: XmlElement, keyIds: readonly string[]): readonly UsageRule[] {
  const rules = elementsOf(root, 'ContentKeyUsageRuleList').flatMap((list) => elementsOf(list))
  const read = rules.map(readRule)
  if (!read.some(({ audio, video }) => audio.length + video.length > 0))
    throw new SpekeRefused(SPEKE_ERRORS.noContract)
  if (read.some(({ keyId }) => !keyIds.includes(keyId)) || repeated(rules)) throw malformed()
  if (!keyIds.every((id) => read.some(({ keyId }) => keyId === id)))
    throw new SpekeRefused(SPEKE_ERRORS.noContract)
  for (const rule of read) checkFilters(rule)
  return read
}

function readRule(rule: XmlElement): UsageRule {
  const keyId = keyIdOf(rule.attributes.get('kid') ?? '')
  const trackType = rule.attributes.get('intendedTrackType') ?? ''
  const known = elementsOf(rule).every(({ local }) => FILTERS.has(local))
  if (rule.local !== 'ContentKeyUsageRule' || keyId === undefined || trackType === '' || !known)
    throw malformed()
  return { keyId, trackType, audio: elementsOf(rule, 'AudioFilter'), video: elementsOf(rule, 'VideoFilter') }
}

/** A track type comes once in each key period. */
function repeated(rules: readonly XmlElement[]): boolean {
  const names = rules.flatMap((rule) => {
    const periods = elementsOf(rule, 'KeyPeriodFilter').map(
      ({ attributes }) => attributes.get('periodId') ?? '',
    )
    return (periods.length === 0 ? [''] : periods).map(
      (id) => `${id} ${rule.attributes.get('intendedTrackType')}`,
    )
  })
  return new Set(names).size < names.length
}

/** `ALL`: one filter of each kind without conditions; else as many filters as the track type has parts: `SD+HD`. */
function checkFilters({ trackType, audio, video }: UsageRule): void {
  const filters = [...audio, ...video]
  const bare = filters.every(({ attributes }) => attributes.size === 0)
  const right =
    trackType === 'ALL'
      ? audio.length === 1 && video.length === 1 && bare
      : filters.length === trackType.split('+').length
  if (!right) throw malformed()
}

interface Picture {
  readonly width: number | null
  readonly height: number | null
}

/** Pixels of the largest picture of each label. */
const PIXELS: readonly (readonly [KeyLabel, number])[] = [
  ['SD', 1024 * 576],
  ['HD', 1920 * 1088],
]

/**
 * What a licence may withhold the key for: the best quality that any of its rules lets it encrypt. A rule without a limit is
 * taken at its track type's word, else for the film's own size, and for UHD where that is not known yet.
 */
export function labelOf(rules: readonly UsageRule[], film: Picture): KeyLabel {
  const labels = rules.flatMap((rule) =>
    rule.video.map((filter) => labelOfVideo(filter, rule.trackType, film)),
  )
  const best = (['UHD', 'HD', 'SD'] as const).find((label) => labels.includes(label))
  return best ?? 'AUDIO'
}

function labelOfVideo({ attributes }: XmlElement, trackType: string, { width, height }: Picture): KeyLabel {
  const limit = attributes.get('maxPixels') ?? ''
  const most = Number(limit)
  // What is no number limits nothing, and the empty text is none although JavaScript takes it for 0.
  if (/^[1-9]\d{0,14}$/.test(limit)) return PIXELS.find(([, pixels]) => most <= pixels)?.[0] ?? 'UHD'
  const parts = trackType.split('+')
  if (parts.some((part) => part.startsWith('UHD'))) return 'UHD'
  if (parts.includes('HD')) return 'HD'
  if (parts.includes('SD')) return 'SD'
  return width === null || height === null ? 'UHD' : keyLabelOf({ width, height })
}
