import type { IncomingMessage, ServerResponse } from 'node:http'
import type { App } from './functions-host-core.ts'
import { readBody } from './functions-host-request.ts'

/**
 * The address at which the host's Event Grid extension takes events for a trigger, `?functionName=`: it answers the
 * handshake itself, calls the function once for each event, and answers 500 where one of them threw.
 */
export async function answerEventGrid(
  app: App,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const name = new URL(message.url ?? '/', 'http://localhost').searchParams.get('functionName') ?? ''
  if (!app.functions.has(name)) return void response.writeHead(404).end()
  const body: unknown = JSON.parse((await readBody(message)).toString('utf8'))
  const events = Array.isArray(body) ? body : [body]
  if (message.headers['aeg-event-type'] === 'SubscriptionValidation') {
    const validationResponse = events[0]?.data?.validationCode
    return void response.writeHead(200).end(JSON.stringify({ validationResponse }))
  }
  const calls = events.map((event) => app.invoke({ name, data: { json: JSON.stringify(event) } }))
  const outcomes = await Promise.allSettled(calls)
  const failed = outcomes.some((outcome) => outcome.status === 'rejected')
  response.writeHead(failed ? 500 : 202).end()
}
