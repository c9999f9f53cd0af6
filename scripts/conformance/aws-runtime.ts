import type { LambdaRuntime } from '../../adapters/aws/testing/lambda-runtime.ts'
import { openLambda } from '../../adapters/aws/testing/lambda-runtime.ts'
import { bundleConformanceApp } from './app-bundle.ts'
import { formsOf } from './aws-column.ts'
import type { Invoke } from './aws-event-forms.ts'
import { AWS_FORMS } from './aws-forms.ts'
import type { HttpForm, OpenColumn } from './column.ts'
import type { Teller } from './event-app.ts'
import type { WireAnswer } from './http-case.ts'
import { serveTeller } from './teller-server.ts'

const SOURCE = `
import { awsEvents } from '../../adapters/aws/events.ts'
import { awsHttp, awsHttpStream } from '../../adapters/aws/http.ts'
import { openAwsLog } from '../../adapters/aws/log.ts'
import { awsSchedule } from '../../adapters/aws/schedule.ts'
import { openIds } from '../../adapters/node/ids.ts'
const options = { log: openAwsLog({ service: 'conformance' }), ids: openIds(), buckets: { uploads: 'skyreel-uploads', media: 'skyreel-media' } }
const echo = async () => (await import('../../scripts/conformance/echo-app.ts')).echoApp
const told = () => import('../../scripts/conformance/event-app.ts')
const url = process.env.SKYREEL_TELLER
export const http = awsHttp(echo, options)
export const stream = awsHttpStream(echo, options)
export const events = awsEvents(async () => (await told()).toldConsumer((await told()).tellOver(url)), options)
export const schedule = awsSchedule(async () => (await told()).toldSchedule((await told()).tellOver(url)), options)
`

/** The application as four Lambda functions under AWS's own runtime client. */
export async function openAwsRuntime({ tell }: Teller): Promise<OpenColumn> {
  const stack = new AsyncDisposableStack()
  try {
    const teller = stack.use(await serveTeller(tell))
    const { folder } = stack.use(await bundleConformanceApp(SOURCE))
    const open = async (name: string) =>
      stack.use(
        await openLambda({
          bundleFolder: folder,
          handler: `index.${name}`,
          env: { SKYREEL_TELLER: teller.url },
        }),
      )
    const [http, events, schedule, stream] = [
      await open('http'),
      await open('events'),
      await open('schedule'),
      await open('stream'),
    ]
    const forms = formsOf({ http: invokeOf(http), events: invokeOf(events), schedule: invokeOf(schedule) })
    return {
      ...forms,
      http: [...forms.http, streamForm(stream)],
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    }
  } catch (error) {
    await stack.disposeAsync()
    throw error
  }
}

const invokeOf =
  (lambda: LambdaRuntime): Invoke =>
  async (event) => {
    const outcome = await lambda.invoke(event)
    if ('answer' in outcome) return outcome.answer
    throw new Error('error' in outcome ? outcome.error.errorMessage : 'the function streamed')
  }

interface Prelude {
  readonly statusCode: number
  readonly headers?: Readonly<Record<string, string>>
  readonly cookies?: readonly string[]
}

function streamForm(lambda: LambdaRuntime): HttpForm {
  const url = AWS_FORMS.find(({ name }) => name === 'function-url')
  if (!url) throw new Error('there is no form function-url')
  const send: HttpForm['send'] = async (request) => {
    const outcome = await lambda.invoke(url.event(request))
    if (!('stream' in outcome)) throw new Error(`no stream came: ${JSON.stringify(outcome)}`)
    const chunks: Uint8Array[] = []
    for await (const chunk of outcome.stream.body) chunks.push(chunk)
    return answerOf(outcome.stream.prelude as Prelude, Buffer.concat(chunks))
  }
  return { name: 'function-url-stream', send }
}

function answerOf({ statusCode, headers = {}, cookies = [] }: Prelude, body: Uint8Array): WireAnswer {
  const lower = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)])
  return { status: statusCode, headers: Object.fromEntries(lower), cookies, body }
}
