import { describe, expect, it } from 'vitest'
import { ROOT, readSettings, WrongSetting } from './settings.ts'

describe('settings', () => {
  it('stand without any environment', () => {
    expect(readSettings({})).toEqual({ port: 8080, home: `${ROOT}.skyreel` })
  })
  it('take a port, a home and a database', () => {
    const env = { PORT: '9', SKYREEL_HOME: '/var/films', DATABASE_URL: 'postgres://a:b@c/d' }
    expect(readSettings(env)).toEqual({ port: 9, home: '/var/films', databaseUrl: 'postgres://a:b@c/d' })
  })
  it.each(['http', '-1', '65536', '8080x', '1e3'])('refuse PORT=%s', (PORT) => {
    expect(() => readSettings({ PORT })).toThrow(WrongSetting)
  })
  it.each(['mysql://a/b', 'localhost', ' '])('refuse DATABASE_URL=%s', (DATABASE_URL) => {
    expect(() => readSettings({ DATABASE_URL })).toThrow(WrongSetting)
  })
  it('never repeat a password in what they say', () => {
    expect(() => readSettings({ DATABASE_URL: 'mysql://root:geheim@host/db' })).not.toThrow(/geheim/)
  })
})
