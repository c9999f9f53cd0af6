import { describe, expect, it } from 'vitest'
import { type AzureLogOptions, type LogSink, openAzureLog } from './log.ts'
import { openInvocation } from './log-context.ts'

function opened(options: AzureLogOptions = {}) {
  const written: string[] = []
  const now = () => new Date('2026-01-02T03:04:05.678Z')
  const log = openAzureLog({ ...options, now, write: (line) => written.push(line) })
  return { log, last: () => JSON.parse(written.at(-1) ?? '{}') as Record<string, unknown>, written }
}

/** Keeps the lines of an invocation with the method that each came by. */
function aSink() {
  const lines: [string, Record<string, unknown>][] = []
  const by = (level: string) => (line: string) => void lines.push([level, JSON.parse(line)])
  const sink: LogSink = { debug: by('debug'), info: by('info'), warn: by('warn'), error: by('error') }
  return { sink, lines }
}

describe('the log on Azure', () => {
  it('writes one JSON line with the severity of Application Insights', () => {
    const { log, last } = opened()
    log.warn('slow', { ms: 12 })
    expect(last()).toEqual({
      ...{ time: '2026-01-02T03:04:05.678Z', level: 'warn', message: 'slow' },
      ...{ severityLevel: 2, ms: 12 },
    })
  })
  it('names the trace as Application Insights does', () => {
    const { log, last } = opened()
    log.with({ traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' }).info('x')
    expect(last()).toMatchObject({
      operation_Id: '0af7651916cd43dd8448eb211c80319c',
      operation_ParentId: 'b7ad6b7169203331',
    })
  })
  it('goes through the invocation by the method of the level', () => {
    const { log, written } = opened()
    const { sink, lines } = aSink()
    log.through(() => sink).error('broken', { error: new Error('outer', { cause: new Error('inner') }) })
    expect([lines, written]).toMatchObject([
      [
        [
          'error',
          {
            message: 'broken',
            error: { stack: expect.stringContaining('log.test'), cause: { message: 'inner' } },
          },
        ],
      ],
      [],
    ])
  })
  it('keeps the invocation for logs with more fields', () => {
    const { sink, lines } = aSink()
    opened()
      .log.through(() => sink)
      .with({ requestId: 'r1' })
      .info('x')
    expect(lines).toMatchObject([['info', { requestId: 'r1' }]])
  })
  it('goes to the output when the invocation is over', () => {
    const { log, written } = opened()
    const { sink, lines } = aSink()
    const ids = { uuid: () => '0192a000-0000-7000-8000-000000000001', secret: () => '' }
    const native = { invocationId: 'invocation-1', ...sink }
    const invocation = openInvocation(native, { log, ids }, { timeoutSeconds: 1, fields: {} })
    invocation.deadline.end()
    invocation.release()
    invocation.ctx.log.info('late')
    expect([lines.length, written.length]).toEqual([0, 1])
  })
  it('writes the line itself when the host does not take it', () => {
    const { log, last } = opened()
    const refuse = () => {
      throw new Error('the channel is closed')
    }
    log.through(() => ({ debug: refuse, info: refuse, warn: refuse, error: refuse })).info('x')
    expect(last()).toMatchObject({ message: 'x' })
  })
  it('leaves out what is below its level', () => {
    const { log, written } = opened({ level: 'warn' })
    log.info('x')
    log.error('y')
    expect(written).toHaveLength(1)
  })
  it('does not let a field stand in for the level', () => {
    const { log, last } = opened()
    log.info('x', { level: 'error', severityLevel: 3 })
    expect(last()).toMatchObject({ level: 'info', severityLevel: 1 })
  })
  it.each(['authorization', 'set-cookie', 'accessToken'])('hides the field %s', (name) => {
    const { log, last } = opened()
    log.info('x', { a: [{ [name]: 'hush' }] })
    expect(last()).toMatchObject({ a: [{ [name]: '[redacted]' }] })
  })
  it('hides the signature of a SAS URL', () => {
    const { log, written } = opened()
    log.info('put failed', { url: 'https://a.blob.core.windows.net/c/b?sv=2024&sig=hush' })
    expect(written[0]).not.toContain('hush')
  })
  it('writes the line although a field cannot be read', () => {
    const { log, last } = opened()
    const inner = Object.defineProperty({}, 'bad', {
      enumerable: true,
      get: () => {
        throw new Error('no')
      },
    })
    log.info('x', { inner })
    expect(last()).toMatchObject({ message: 'x', unprintable: 'Error: no' })
  })
})
