import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import * as z from 'zod/mini'
import { signatureFault } from './signed.ts'

/** An answer of a service that is no success: its code and what it says. */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly code: string
  readonly status: number
  constructor(code: string, message: string, status = 400) {
    super(message)
    this.code = code
    this.status = status
  }
}

/** That there is nothing, as a request without a fault may be told. */
export class Absent extends Refused {}

export interface Operation {
  /** Of the request; fields that it does not have are refused. */
  readonly shape: z.core.$ZodType
  /** Its request has the shape. */
  run(request: never): unknown
}

export const operation = <S extends z.core.$ZodType>(
  shape: S,
  run: (request: z.infer<S>) => unknown,
): Operation => ({ shape, run: run as Operation['run'] })

export interface AwsJson extends AsyncDisposable {
  readonly endpoint: string
  /** Requests that were refused, and why: what a test shows when it fails. */
  readonly refusals: string[]
}

interface Service {
  /** Name in the signature's scope: `ecs`. */
  readonly service: string
  /** Before the dot of `x-amz-target`: `AmazonEC2ContainerServiceV20141113`. */
  readonly target: string
  /** The code with which this service answers a request of a wrong shape. */
  readonly malformed: string
  readonly operations: Readonly<Record<string, Operation>>
}

/**
 * A service of AWS's JSON 1.1 protocol on a free port: it checks path, headers, signature and shape.
 * https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
 */
export async function openAwsJson(service: Service): Promise<AwsJson> {
  const refusals: string[] = []
  const server = createServer((request, response) => {
    answer(service, request).then(
      (value) => reply(response, 200, value),
      (error: unknown) => {
        const { code, status, message } = error instanceof Refused ? error : internal(error)
        if (!(error instanceof Absent))
          refusals.push(`${request.headers['x-amz-target']}: ${code}: ${message}`)
        reply(response, status, { __type: code, message })
      },
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const dispose = async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { endpoint, refusals, [Symbol.asyncDispose]: dispose }
}

const internal = (error: unknown) => new Refused('InternalFailure', String(error), 500)

function reply(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' })
  response.end(JSON.stringify(value ?? {}))
}

async function answer(service: Service, request: IncomingMessage): Promise<unknown> {
  const body = Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>))
  if (request.method !== 'POST' || request.url !== '/')
    throw new Refused('UnknownOperationException', `${request.method} ${request.url}`, 404)
  if (request.headers['content-type'] !== 'application/x-amz-json-1.1')
    throw new Refused('UnknownOperationException', `content type ${request.headers['content-type']}`, 404)
  const fault = signatureFault(request, body, service.service)
  if (fault) throw new Refused(fault, 'The security token included in the request is invalid.', 403)
  const [target, name = ''] = String(request.headers['x-amz-target']).split('.')
  const found = target === service.target ? service.operations[name] : undefined
  if (!found) throw new Refused('UnknownOperationException', `${target}.${name}`)
  const read = z.safeParse(found.shape, JSON.parse(body.toString()))
  if (!read.success) throw new Refused(service.malformed, z.prettifyError(read.error))
  return found.run(read.data as never)
}
