import { describe, expect, it } from 'vitest'
import { type GcpLogOptions, openGcpLog } from './log.ts'

const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'

function lines(options: GcpLogOptions = {}) {
  const written: string[] = []
  const now = () => new Date('2026-01-02T03:04:05.678Z')
  return { written, log: openGcpLog({ ...options, now, write: (line) => written.push(line) }) }
}

describe('the log', () => {
  it('writes one line as Cloud Logging reads it', () => {
    const { written, log } = lines({ projectId: 'p1' })
    log.with({ requestId: 'r1', traceparent: TRACEPARENT }).warn('slow\nquery', { ms: 12 })
    expect(written.map((line) => [line.split('\n').length, JSON.parse(line)])).toEqual([
      [
        2,
        {
          severity: 'WARNING',
          time: '2026-01-02T03:04:05.678Z',
          message: 'slow\nquery',
          requestId: 'r1',
          ms: 12,
          'logging.googleapis.com/trace': 'projects/p1/traces/0af7651916cd43dd8448eb211c80319c',
          'logging.googleapis.com/spanId': 'b7ad6b7169203331',
          'logging.googleapis.com/trace_sampled': true,
        },
      ],
    ])
  })
  it.each([
    ['debug', 'DEBUG'],
    ['info', 'INFO'],
    ['warn', 'WARNING'],
    ['error', 'ERROR'],
  ] as const)('calls %s %s', (level, severity) => {
    const { written, log } = lines({ level: 'debug' })
    log[level]('x')
    expect(JSON.parse(written[0] ?? '')).toMatchObject({ severity })
  })
  it('leaves out what is below its level', () => {
    const { written, log } = lines({ level: 'error' })
    log.warn('x')
    expect(written).toEqual([])
  })
  it('tells Error Reporting the stack with those of the causes, and the service', () => {
    const { written, log } = lines({ service: 'video-api' })
    log.error('put failed', { error: new Error('outer', { cause: new Error('inner') }) })
    expect(JSON.parse(written[0] ?? '')).toMatchObject({
      serviceContext: { service: 'video-api' },
      stack_trace: expect.stringMatching(/^Error: outer\n[\s\S]*\nCaused by: Error: inner\n/),
    })
  })
  it('lets no field stand in for severity, time or message', () => {
    const { written, log } = lines()
    log.info('x', { severity: 'EMERGENCY', time: 'never', message: 'y' })
    expect(JSON.parse(written[0] ?? '')).toMatchObject({ severity: 'INFO', message: 'x' })
  })
  it.each(['authorization', 'password', 'accessToken'])('hides the field %s', (name) => {
    const { written, log } = lines()
    log
      .with({ [name]: 'hush' })
      .error('Bearer hush', { inner: { [name]: 'hush' }, error: new Error('?sig=hush') })
    expect(written.join()).not.toContain('hush')
  })
  it('writes the line although a field cannot be read', () => {
    const { written, log } = lines()
    const bad = {
      get field() {
        throw new Error('no')
      },
    }
    log.info('x', bad)
    log.with(bad).info('y', { inner: bad })
    expect(written.map((line) => JSON.parse(line).message)).toEqual(['x', 'y'])
  })
  it('says no trace where there is none', () => {
    const { written, log } = lines({ projectId: 'p1' })
    log.info('x', { traceparent: 'nonsense' })
    expect(written[0]).not.toContain('logging.googleapis.com')
  })
})
