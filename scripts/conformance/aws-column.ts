import { awsEvents } from '../../adapters/aws/events.ts'
import type { LambdaContext } from '../../adapters/aws/events-native.ts'
import { awsHttp } from '../../adapters/aws/http.ts'
import { awsSchedule } from '../../adapters/aws/schedule.ts'
import { lambdaRuntimeMissing } from '../../adapters/aws/testing/lambda-runtime.ts'
import { openIds } from '../../adapters/node/ids.ts'
import { awsEventForms, type Invoke } from './aws-event-forms.ts'
import { AWS_FORMS } from './aws-forms.ts'
import { AWS_GAPS } from './aws-gaps.ts'
import { openAwsRuntime } from './aws-runtime.ts'
import type { Column, HttpForm, OpenColumn } from './column.ts'
import { echoApp } from './echo-app.ts'
import { type Teller, toldConsumer, toldSchedule } from './event-app.ts'
import { BUCKETS } from './event-cases.ts'
import { silentLog } from './silent-log.ts'

/** What the two modes have in common: a function that is called with native events. */
export interface AwsFunctions {
  readonly http: Invoke
  readonly events: Invoke
  readonly schedule: Invoke
}

export function awsColumn(teller: Teller): Column {
  return {
    name: 'aws',
    gaps: AWS_GAPS,
    missing: (mode) => (mode === 'runtime' ? lambdaRuntimeMissing() : undefined),
    open: (mode) => (mode === 'mapping' ? openMapping(teller) : openAwsRuntime(teller)),
  }
}

async function openMapping({ tell }: Teller): Promise<OpenColumn> {
  const options = { log: silentLog, ids: openIds(), buckets: BUCKETS }
  const functions: AwsFunctions = {
    http: inProcess(awsHttp(async () => echoApp, options)),
    events: inProcess(awsEvents(async () => toldConsumer(tell), options)),
    schedule: inProcess(awsSchedule(async () => toldSchedule(tell), options)),
  }
  return { ...formsOf(functions), [Symbol.asyncDispose]: async () => undefined }
}

export function formsOf(functions: AwsFunctions): Pick<OpenColumn, 'http' | 'events'> {
  const http = AWS_FORMS.map(
    (form): HttpForm => ({
      name: form.name,
      send: async (request) => form.answer(await functions.http(form.event(request))),
    }),
  )
  return { http, events: awsEventForms(functions) }
}

const LIMIT_MS = 10_000

/** As Lambda calls it: JSON in, JSON out, with a context. */
function inProcess(handler: (event: unknown, context: LambdaContext) => Promise<unknown>): Invoke {
  return async (event) => {
    const until = performance.now() + LIMIT_MS
    const context = {
      awsRequestId: 'b1f0c7d2-3c4e-4f5a-8b6c-1d2e3f4a5b6c',
      getRemainingTimeInMillis: () => until - performance.now(),
    }
    const returned = await handler(JSON.parse(JSON.stringify(event)), context as unknown as LambdaContext)
    return returned === undefined ? undefined : JSON.parse(JSON.stringify(returned))
  }
}
