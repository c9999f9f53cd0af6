import { afterEach, expect, it, vi } from 'vitest'
import { type AwsLogOptions, openAwsLog } from './log.ts'

/** What a log writes to standard output and error, as parsed lines. */
function open(options: Partial<AwsLogOptions> = {}) {
  const written: string[] = []
  for (const stream of [process.stdout, process.stderr])
    vi.spyOn(stream, 'write').mockImplementation((text) => {
      written.push(String(text))
      return true
    })
  const lines = (): Record<string, unknown>[] => written.map((line) => JSON.parse(line))
  return { lines, log: openAwsLog({ service: 'video-api', ...options }) }
}
afterEach(() => vi.restoreAllMocks())

it("writes one line in powertools' form", () => {
  const { log, lines } = open()
  log.with({ requestId: 'r1' }).warn('slow\nquery', { ms: 12 })
  expect(lines()).toMatchObject([
    { level: 'WARN', message: 'slow\nquery', service: 'video-api', requestId: 'r1', ms: 12 },
  ])
})
it('leaves out what is below its level', () => {
  const { log, lines } = open({ level: 'warn' })
  log.info('x')
  log.debug('x')
  log.error('y')
  expect(lines()).toHaveLength(1)
})
it('hides secrets in fields and in the message', () => {
  const { log, lines } = open()
  log.info('GET /x?signature=hush', { accessToken: 'hush', url: 'https://h/p?sig=hush' })
  expect(JSON.stringify(lines())).not.toContain('hush')
})
it('tells an error with its stack and its causes', () => {
  const { log, lines } = open()
  log.error('put failed', { error: new Error('outer', { cause: new Error('inner') }) })
  expect(lines()).toMatchObject([
    { error: { message: 'outer', stack: expect.stringContaining('log.test'), cause: { message: 'inner' } } },
  ])
})
it('does not let a field stand in for the level, and loses none', () => {
  const { log, lines } = open()
  log.info('x', { level: 'high', message: 'm', service: 's' })
  expect(lines()).toMatchObject([
    { level: 'INFO', message: 'x', level_: 'high', message_: 'm', service_: 's' },
  ])
})
it('writes the line although a field cannot be read', () => {
  const { log, lines } = open()
  const inner = {
    get bad() {
      throw new Error('no')
    },
  }
  log.info('x', { inner })
  expect(lines()).toMatchObject([{ message: 'x', unprintable: 'Error: no' }])
})
it('does not throw when nobody takes what it writes', () => {
  const { log } = open()
  vi.spyOn(process.stdout, 'write').mockImplementation(() => {
    throw new Error('EPIPE')
  })
  expect(() => log.info('x')).not.toThrow()
})
it('keeps the fields of two logs apart', () => {
  const { log, lines } = open()
  const [one, two] = [log.with({ requestId: 'r1' }), log.with({ requestId: 'r2' })]
  one.info('a')
  two.info('b')
  log.info('c')
  expect(lines().map(({ requestId }) => requestId)).toEqual(['r1', 'r2', undefined])
})
