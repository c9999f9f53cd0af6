import { join } from 'node:path'
import { openLambda } from '../../adapters/aws/testing/lambda-runtime.ts'
import { openFunctionsHost } from '../../adapters/azure/testing/functions-host.ts'
import { openFunctionsFramework } from '../../adapters/gcp/testing/functions-framework.ts'
import type { Cloud } from '../build/deployed.ts'

/** One request, and the status by which its answer is known. */
export interface Asked {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly status: number
}

export interface Started {
  /** From the start of the process to its first whole answer. */
  readonly milliseconds: number
}

export interface Deployment {
  /** Of all bundles: the one is in `<folder>/<cloud>/<name>`. */
  readonly folder: string
  readonly name: string
  readonly env: Readonly<Record<string, string>>
}

/** Starts a bundle under its platform's own runtime in a new process and asks it once. Throws for another status. */
export async function startOnce(
  cloud: Cloud,
  { folder, name, env }: Deployment,
  asked: Asked,
): Promise<Started> {
  const options = { bundleFolder: join(folder, cloud, name), env }
  const begun = performance.now()
  await using runtime = await OPEN[cloud](options, name)
  const status = await runtime.ask(asked)
  const milliseconds = performance.now() - begun
  if (status !== asked.status)
    throw new Error(`${cloud} ${name} answered ${status} and not ${asked.status}\n${runtime.said()}`)
  return { milliseconds }
}

interface Runtime extends AsyncDisposable {
  ask(asked: Asked): Promise<unknown>
  said(): string
}
type Open = (
  options: { readonly bundleFolder: string; readonly env: Readonly<Record<string, string>> },
  name: string,
) => Promise<Runtime>

const OPEN: { readonly [C in Cloud]: Open } = {
  aws: async (options) => {
    const lambda = await openLambda({ ...options, handler: 'index.handler' })
    const ask = async (asked: Asked) => {
      const outcome = await lambda.invoke(httpApiEvent(asked))
      return 'answer' in outcome ? (outcome.answer as { statusCode: number }).statusCode : outcome
    }
    return { ask, said: lambda.log, [Symbol.asyncDispose]: lambda.stop }
  },
  gcp: async (options, name) => {
    const framework = await openFunctionsFramework({ ...options, target: name, signatureType: 'http' })
    const ask = (asked: Asked) => statusOf(framework.origin, asked)
    return { ask, said: framework.output, [Symbol.asyncDispose]: framework.stop }
  },
  azure: async (options) => {
    const host = await openFunctionsHost(options)
    const ask = (asked: Asked) => statusOf(host.url, asked)
    return { ask, said: host.output, [Symbol.asyncDispose]: host.stop }
  },
}

async function statusOf(origin: string, { method, path, headers = {}, body }: Asked): Promise<number> {
  const response = await fetch(origin + path, { method, headers, ...(body === undefined ? {} : { body }) })
  await response.arrayBuffer()
  return response.status
}

/** Payload 2.0 of API Gateway. */
export function httpApiEvent({ method, path, headers = {}, body }: Omit<Asked, 'status'>): object {
  const domainName = 'r3pmxmplak.execute-api.us-east-1.amazonaws.com'
  const http = { method, path, protocol: 'HTTP/1.1', sourceIp: '198.51.100.7', userAgent: 'bench' }
  return {
    ...{ version: '2.0', routeKey: '$default', rawPath: path, rawQueryString: '' },
    headers: { host: domainName, accept: '*/*', 'x-forwarded-for': http.sourceIp, ...headers },
    requestContext: {
      ...{ accountId: '123456789012', apiId: 'r3pmxmplak', domainName, stage: '$default' },
      ...{ routeKey: '$default', time: '02/Jan/2026:03:04:05 +0000', timeEpoch: 1_767_323_045_678 },
      ...{ requestId: 'JKJaXmPLvHcESHA=', http },
    },
    ...(body === undefined ? {} : { body }),
    isBase64Encoded: false,
  }
}
