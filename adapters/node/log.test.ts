import { describe, expect, it } from 'vitest'
import { type LogOptions, openLog } from './log.ts'

function lines(options: LogOptions = {}) {
  const written: string[] = []
  const now = () => new Date('2026-01-02T03:04:05.678Z')
  return { written, log: openLog({ ...options, now, write: (line) => written.push(line) }) }
}

function logged(fields: Record<string, unknown>): Record<string, unknown> {
  const { written, log } = lines()
  log.info('x', fields)
  return JSON.parse(written[0] ?? '{}')
}

describe('the log', () => {
  it('writes one JSON line with time, level, message and fields', () => {
    const { written, log } = lines()
    log.with({ requestId: 'r1' }).warn('slow\nquery', { ms: 12 })
    expect(written).toHaveLength(1)
    expect(JSON.parse(written[0] ?? '')).toEqual({
      time: '2026-01-02T03:04:05.678Z',
      level: 'warn',
      message: 'slow\nquery',
      requestId: 'r1',
      ms: 12,
    })
  })
  it('leaves out what is below its level', () => {
    const { written, log } = lines({ level: 'warn' })
    log.info('x')
    log.debug('x')
    log.error('y')
    expect(written).toHaveLength(1)
  })
  it('does not let a field stand in for level or time', () => {
    expect(logged({ level: 'error', time: 'never' })).toMatchObject({
      level: 'info',
      time: '2026-01-02T03:04:05.678Z',
    })
  })
  it.each([
    'authorization',
    'Cookie',
    'set-cookie',
    'password',
    'passwordHash',
    'accessToken',
    'signature',
    'clientSecret',
  ])('hides the field %s wherever it is', (name) => {
    expect(logged({ a: [{ [name]: 'hush' }] })).toMatchObject({ a: [{ [name]: '[redacted]' }] })
  })
  it.each([
    'https://h/p?x=1&signature=hush&y=2',
    'https://h/p?X-Amz-Signature=hush',
    'GET /storage/uploads/1/2?signature=hush failed',
    'GET /v1/delivery?grant=hush&key=a failed',
    'cookie CloudFront-Signature=hush; Path=/',
    'Cloud-CDN-Cookie=URLPrefix=a:Expires=1:KeyName=k:Signature=hush; Path=/',
    'DefaultEndpointsProtocol=https;AccountName=a;AccountKey=hush;',
    'postgresql://me:p@hush@db.example.org/skyreel',
    'PUT https://storage.googleapis.com/b/o?upload_id=hush failed',
    'Bearer hush',
    'Authorization: Basic hush',
    'postgres://skyreel:hush@127.0.0.1:5432/postgres',
    '/media/1767225600.3.hush/videos/1/main.m3u8',
    'eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJodXNoIn0.hush',
    'Failed query: insert into users\nparams: a,hush,b',
  ])('hides the secret in %s', (text) => {
    expect(JSON.stringify(logged({ text, error: new Error(text) }))).not.toContain('hush')
  })
  it('keeps the rest of a text with a secret', () => {
    expect(logged({ text: 'https://h/p?x=1&signature=hush&y=2' })).toMatchObject({
      text: 'https://h/p?x=1&signature=[redacted]&y=2',
    })
  })
  it('tells an error with its causes and codes', () => {
    const cause = Object.assign(new Error('no space'), { code: 'ENOSPC' })
    const error = new Error('put failed', { cause })
    expect(logged({ error })).toMatchObject({
      error: {
        message: 'put failed',
        stack: expect.stringContaining('log.test'),
        cause: { message: 'no space', code: 'ENOSPC' },
      },
    })
  })
  it('writes values that JSON does not take', () => {
    const round: Record<string, unknown> = {
      n: 1n,
      when: new Date(0),
      bytes: new Uint8Array(3),
      bad: new Date(Number.NaN),
    }
    round.self = round
    expect(logged(round)).toMatchObject({
      n: '1',
      when: '1970-01-01T00:00:00.000Z',
      bytes: '[3 bytes]',
      bad: 'Invalid Date',
    })
  })
  it('writes the line although a field cannot be read', () => {
    const fields = {
      get bad() {
        throw new Error('no')
      },
    }
    const { written, log } = lines()
    log.info('x', { inner: fields })
    expect(JSON.parse(written[0] ?? '')).toMatchObject({ message: 'x', unprintable: 'Error: no' })
  })
  it('prints for people with the error below', () => {
    const { written, log } = lines({ pretty: true })
    log.error('put failed', { key: 'a', error: new Error('outer', { cause: new Error('inner') }) })
    expect(written[0]).toMatch(
      /^03:04:05 ✗ put failed key=a\n {4}Error: outer\n[\s\S]*caused by:\n {4}Error: inner/,
    )
  })
})
