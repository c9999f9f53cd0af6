import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { buffer } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { toWire } from '../../../core/run/wire-event.ts'
import { decodeAwsEvent } from '../queue-events.ts'
import type { Invoked } from './lambda-api.ts'
import { bundleLambda, type LambdaBundle } from './lambda-bundle.ts'
import { lambdaRuntimeMissing, openLambda } from './lambda-runtime.ts'

const missing = lambdaRuntimeMissing()

const request = (path: string, more: object = {}) => ({
  version: '2.0',
  rawPath: path,
  rawQueryString: 'a=1&a=2&b=',
  headers: { host: 'api.example.org', 'x-request-id': 'request-0001' },
  requestContext: {
    domainName: 'x.lambda-url.us-east-1.on.aws',
    http: { method: 'GET', path, sourceIp: '192.0.2.1' },
  },
  ...more,
})

const event = (subject: string) => ({
  id: `evt_${subject}`,
  type: 'user.registered' as const,
  source: 'test',
  subject,
  time: '2026-01-02T03:04:05.678Z',
  data: { userId: 'usr_1' },
})

const message = (subject: string) => ({
  eventSource: 'aws:sqs',
  eventSourceARN: 'arn:aws:sqs:us-east-1:1:q',
  messageId: subject,
  attributes: { ApproximateReceiveCount: '2' },
  body: JSON.stringify(toWire(event(subject))),
})

const answerOf = (invoked: Invoked): Record<string, unknown> => {
  if ('answer' in invoked) return invoked.answer as Record<string, unknown>
  throw new Error(`no answer: ${JSON.stringify(invoked)}`)
}
const streamOf = (invoked: Invoked) => {
  if ('stream' in invoked) return invoked.stream
  throw new Error(`no stream: ${JSON.stringify(invoked)}`)
}

describe.skipIf(missing)(`Lambda's own runtime${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let bundle: LambdaBundle
  beforeAll(async () => {
    bundle = await bundleLambda(fileURLToPath(new URL('lambda-echo.ts', import.meta.url)))
  })
  afterAll(() => bundle[Symbol.asyncDispose]())
  const open = (name: string) => openLambda({ bundleFolder: bundle.folder, handler: `index.${name}` })

  it('answers a request', async () => {
    await using lambda = await open('handler')
    const body = Buffer.from('hello').toString('base64')
    const answer = answerOf(await lambda.invoke(request('/films', { body, isBase64Encoded: true })))
    expect(answer).toMatchObject({ statusCode: 200, headers: { 'x-request-id': 'request-0001' } })
    expect(JSON.parse(String(answer.body))).toMatchObject({ path: '/films', clientIp: '192.0.2.1', body })
  })
  it('answers one request after the other from one process', async () => {
    await using lambda = await open('handler')
    const paths = ['/1', '/2', '/3']
    const answers = await Promise.all(paths.map((path) => lambda.invoke(request(path))))
    expect(answers.map((answer) => JSON.parse(String(answerOf(answer).body)).path)).toEqual(paths)
  })
  it('answers 504 shortly before Lambda would cut the function off', async () => {
    await using lambda = await open('handler')
    const answer = answerOf(await lambda.invoke(request('/slow'), { deadlineMs: 1000 }))
    expect(answer).toMatchObject({ statusCode: 504, headers: { 'content-type': 'application/problem+json' } })
  })
  it('logs a failure as a line of JSON with the request id, its cause and no secret', async () => {
    await using lambda = await open('handler')
    expect(answerOf(await lambda.invoke(request('/throw')))).toMatchObject({ statusCode: 500 })
    await expect.poll(() => lambda.log(), { timeout: 5000 }).toContain('request failed')
    const line = JSON.parse(
      lambda
        .log()
        .split('\n')
        .find((l) => l.includes('request failed')) ?? '',
    )
    expect(line).toMatchObject({
      level: 'ERROR',
      service: 'echo',
      requestId: 'request-0001',
      xray_trace_id: '1-5759e988-bd862e3fe1be46a994272793',
      error: { cause: { message: 'its cause' } },
    })
    expect(lambda.log()).not.toContain('hush')
  })
  it('sends status, headers and every cookie before a stream', async () => {
    await using lambda = await open('stream')
    const stream = streamOf(await lambda.invoke(request('/endless')))
    expect(stream.prelude).toMatchObject({
      statusCode: 200,
      headers: { 'content-type': 'text/event-stream', 'x-content-type-options': 'nosniff' },
      cookies: ['a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT', 'b=2'],
    })
  })
  it('sends a stream before its end', async () => {
    await using lambda = await open('stream')
    const stream = streamOf(await lambda.invoke(request('/endless')))
    for await (const chunk of stream.body) {
      expect(String(chunk)).toContain('data: x')
      break
    }
  })
  it('ends a stream that has no end with the time of the function', async () => {
    await using lambda = await open('stream')
    const stream = streamOf(await lambda.invoke(request('/endless'), { deadlineMs: 1500 }))
    expect((await buffer(stream.body)).length).toBeGreaterThan(0)
    expect(answered(await lambda.invoke(request('/empty')))).toBe(204)
  })
  it('closes a stream whose reader has left with the time of the function, and goes on', async () => {
    await using lambda = await open('stream')
    streamOf(await lambda.invoke(request('/endless'), { deadlineMs: 1500 })).leave()
    expect(answered(await lambda.invoke(request('/empty')))).toBe(204)
    expect(lambda.log()).toContain('the stream is closed')
  })
  it('holds a stream back that nobody reads', async () => {
    await using lambda = await open('stream')
    const stream = streamOf(await lambda.invoke(request('/flood'), { deadlineMs: 1500 }))
    await expect.poll(() => lambda.log(), { timeout: 5000 }).toContain('the flood is closed')
    stream.leave()
    const { sent } = JSON.parse(
      lambda
        .log()
        .split('\n')
        .find((line) => line.includes('flood')) ?? '',
    )
    // What the sockets' buffers take, 64 KB each; without holding back it would be some thousands.
    expect(sent).toBeLessThan(200)
  })
  it('marks an answer as broken whose stream breaks', async () => {
    await using lambda = await open('stream')
    const stream = streamOf(await lambda.invoke(request('/breaks')))
    await expect(buffer(stream.body)).rejects.toThrow('broke off')
  })
  it('sends the prelude of an answer without a body', async () => {
    await using lambda = await open('stream')
    const stream = streamOf(await lambda.invoke(request('/empty')))
    expect(stream.prelude).toMatchObject({ statusCode: 204, cookies: ['a=1', 'b=2'] })
    expect(await buffer(stream.body)).toHaveLength(0)
  })
  it('streams bytes as they are', async () => {
    await using lambda = await open('stream')
    const stream = streamOf(await lambda.invoke(request('/bytes')))
    expect((await buffer(stream.body)).toString('hex')).toBe('080112fffe80')
  })
  it('tells SQS which messages to bring again', async () => {
    await using lambda = await open('events')
    const Records = [message('first'), message('again')]
    expect(answerOf(await lambda.invoke({ Records }))).toEqual({
      batchItemFailures: [{ itemIdentifier: 'again' }],
    })
  })
  it('fails a direct invocation that must come again', async () => {
    await using lambda = await open('events')
    expect(await lambda.invoke(toWire(event('again')))).toMatchObject({ error: { errorType: 'CallAgain' } })
  })
  it('tells no secret of a failure, in the error or in the log', async () => {
    await using lambda = await open('events')
    const { error } = (await lambda.invoke(toWire(event('fails')))) as { error: unknown }
    await expect.poll(() => lambda.log(), { timeout: 5000 }).toContain('Invoke Error')
    expect(JSON.stringify(error) + lambda.log()).not.toContain('hush')
  })
  it('runs a schedule', async () => {
    await using lambda = await open('schedule')
    await lambda.invoke({ 'detail-type': 'Scheduled Event' })
    await expect.poll(() => lambda.log(), { timeout: 5000 }).toContain('ticked')
  })
  it('refuses a callback handler as Node 24 does', async () => {
    await expect(open('callback')).rejects.toThrow('CallbackHandlerDeprecated')
  })
  it('tells an export that is not there, with what the runtime wrote', async () => {
    await expect(open('nothing')).rejects.toThrow('HandlerNotFound')
  })
  it('tells a process that has ended, and starts another', async () => {
    await using lambda = await open('exits')
    const exit = { error: { errorType: 'Runtime.ExitError', errorMessage: 'Runtime exited with status 3' } }
    expect(await lambda.invoke({})).toEqual(exit)
    expect(await lambda.invoke({})).toEqual(exit)
  })
  it('kills a process that goes past its deadline, as Lambda does, and starts another', async () => {
    await using lambda = await open('hangs')
    const late = await lambda.invoke({ ms: 60_000 }, { deadlineMs: 100 })
    expect(late).toMatchObject({ error: { errorType: 'Sandbox.Timedout' } })
    expect(await lambda.invoke({ ms: 0 })).toEqual({ answer: 'awake' })
  })
  it('ends with the process that started it, though that is cut off', async () => {
    const pid = await startedAndCutOff(bundle.folder)
    await expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false)
  })
})

/** Starts the runtime from a process of its own, kills that one, and gives the pid of the runtime. */
async function startedAndCutOff(bundleFolder: string): Promise<number> {
  const module = new URL('lambda-runtime.ts', import.meta.url).href
  const code = `
    const { openLambda } = await import(${JSON.stringify(module)})
    const lambda = await openLambda({ bundleFolder: ${JSON.stringify(bundleFolder)}, handler: 'index.hangs' })
    console.log(lambda.pid())`
  const parent = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    const [line] = await once(parent.stdout, 'data', { signal: AbortSignal.timeout(30_000) })
    return Number(line)
  } finally {
    parent.kill('SIGKILL')
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

const answered = (invoked: Invoked) => {
  const stream = streamOf(invoked)
  stream.leave()
  return (stream.prelude as { statusCode: number }).statusCode
}

describe('the echo of the tests', () => {
  it('sends events that decode', () => {
    const buckets = { uploads: 'u', media: 'm' }
    expect(decodeAwsEvent({ Records: [message('first')] }, buckets)).toEqual([
      { is: 'event', event: event('first'), attempt: 2 },
    ])
  })
})
