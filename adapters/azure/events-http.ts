import type { HttpResponseInit, HttpRequest as NativeRequest } from '@azure/functions'
import type { Consumer } from '../../core/run/consumer.ts'
import { utf8 } from '../node/utf8.ts'
import { type AzureEventOptions, deliverAll } from './events-deliver.ts'
import { loadEarly } from './events-load.ts'
import { isRecord, listOf } from './events-message.ts'
import { bodyFromAzure } from './http-request.ts'
import { type AzureInvocation, openInvocation } from './log-context.ts'
import { decodeAzureGridEvents } from './queue-events.ts'

/**
 * Event Grid over a plain HTTP trigger, with both handshakes: Event Grid's own and that of CloudEvents
 * (https://learn.microsoft.com/azure/event-grid/end-point-validation-event-grid-events-schema). Mount it for POST and
 * OPTIONS with a function key: it checks no sender by itself. Answers 200 or 503 and never 4xx, which Event Grid drops.
 */
export function azureEventGridHttp(
  load: () => Promise<Consumer>,
  options: AzureEventOptions,
): (native: NativeRequest, context: AzureInvocation) => Promise<HttpResponseInit> {
  const loaded = loadEarly(load, options.log)
  return async (native, context) => {
    if (native.method.toUpperCase() === 'OPTIONS') return allowOrigin(native)
    try {
      const message = parsed(await bodyFromAzure(native))
      const code = validationCode(native, message)
      if (code !== undefined) return answer(200, { validationResponse: code })
      const decoded = decodeAzureGridEvents(message, options.buckets)
      await deliverAll(decoded, { consumer: await loaded(), context, options })
      return answer(200, { received: decoded.length })
    } catch (error) {
      return deliverAgain(error, context, options)
    }
  }
}

const answer = (status: number, value: unknown): HttpResponseInit => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8' },
  body: Buffer.from(JSON.stringify(value)),
})

/** https://github.com/cloudevents/spec/blob/main/cloudevents/http-webhook.md#4-abuse-protection */
function allowOrigin({ headers }: NativeRequest): HttpResponseInit {
  const origin = headers.get('webhook-request-origin')
  if (origin === null) return { status: 204 }
  return { status: 200, headers: { 'webhook-allowed-origin': origin, 'webhook-allowed-rate': '*' } }
}

function validationCode({ headers }: NativeRequest, message: unknown): string | undefined {
  if (headers.get('aeg-event-type')?.toLowerCase() !== 'subscriptionvalidation') return undefined
  const [event] = listOf(message)
  const data = isRecord(event) ? event.data : undefined
  return isRecord(data) && typeof data.validationCode === 'string' ? data.validationCode : undefined
}

/** What is no JSON goes on as it came, to the dead letters. */
function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(utf8(bytes) ?? '')
  } catch {
    return bytes
  }
}

function deliverAgain(
  error: unknown,
  context: AzureInvocation,
  options: AzureEventOptions,
): HttpResponseInit {
  const { ctx, deadline } = openInvocation(context, options, { timeoutSeconds: 1, fields: {} })
  deadline.end()
  ctx.log.error('events must be delivered again', { error })
  return answer(503, { deliver: 'again' })
}
