import { expect, it } from 'vitest'
import { cloudConfig } from './cloud-config.ts'

const SKYREEL_PUBLIC_ORIGIN = 'https://api.example.com'

it('needs the origin alone', () => {
  expect(cloudConfig({ SKYREEL_PUBLIC_ORIGIN })).toMatchObject({
    publicOrigin: SKYREEL_PUBLIC_ORIGIN,
    uploadDays: 7,
  })
})
it('takes what the environment overrides', () => {
  expect(cloudConfig({ SKYREEL_PUBLIC_ORIGIN, SKYREEL_UPLOAD_DAYS: '3' }).uploadDays).toBe(3)
})
it('says which variable is missing', () => {
  expect(() => cloudConfig({})).toThrow('SKYREEL_PUBLIC_ORIGIN is missing')
})
it.each(['api.example.com', 'https://api.example.com/', 'ftp://api.example.com'])(
  'refuses %s as an origin',
  (origin) => {
    expect(() => cloudConfig({ SKYREEL_PUBLIC_ORIGIN: origin })).toThrow(
      'SKYREEL_PUBLIC_ORIGIN must be an origin',
    )
  },
)
it('names each variable that is out of its bounds', () => {
  const wrong = { SKYREEL_PUBLIC_ORIGIN, SKYREEL_UPLOAD_DAYS: '31', SKYREEL_ACCESS_TOKEN_SECONDS: '1' }
  expect(() => cloudConfig(wrong)).toThrow(/SKYREEL_ACCESS_TOKEN_SECONDS .*SKYREEL_UPLOAD_DAYS /)
})
