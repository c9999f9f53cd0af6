import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda'
import type { LambdaContext } from '../../adapters/aws/events-native.ts'
import { awsHttp } from '../../adapters/aws/http.ts'
import { requestFromAws } from '../../adapters/aws/http-request.ts'
import { responseToAws, type WholeResponse } from '../../adapters/aws/http-response.ts'
import { openAwsLog } from '../../adapters/aws/log.ts'
import { awsByHand } from './adapters-by-hand.ts'
import {
  answerNeutral,
  BYTES,
  BYTES_TYPE,
  type Case,
  COOKIES,
  HEADERS,
  JSON_BODY,
  JSON_TYPE,
  PATH,
  QUERY,
  type Seen,
  wrongBytes,
  wrongJson,
} from './adapters-cases.ts'
import { ids, loadBenchMount, SILENT } from './adapters-ours.ts'
import { lambdaPeers } from './peers/on-lambda.ts'

type AwsCase = Case<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>

/** Payload 2.0 of API Gateway with JSON as text. */
export const awsJson = (): AwsCase => ({
  fresh: () => eventOf({ body: JSON_BODY, isBase64Encoded: false, type: JSON_TYPE }),
  contenders: contenders(),
  wrong: (answer) => wrongJson(seen(answer)),
})

/** The same with bytes as base64, there and back. */
export const awsBinary = (): AwsCase => ({
  fresh: () =>
    eventOf({ body: Buffer.from(BYTES).toString('base64'), isBase64Encoded: true, type: BYTES_TYPE }),
  contenders: contenders(),
  wrong: (answer) =>
    answer.isBase64Encoded ? wrongBytes(seen(answer)) : 'the answer is text: bytes are lost in it',
})

const CONTEXT = {
  awsRequestId: '8476a536-e9f4-11e8-9739-2dfe598c3fcd',
  functionName: 'bench',
  functionVersion: '$LATEST',
  invokedFunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:bench',
  memoryLimitInMB: '512',
  logGroupName: '/aws/lambda/bench',
  logStreamName: 'bench',
  callbackWaitsForEmptyEventLoop: true,
  getRemainingTimeInMillis: () => 10_000,
}

function contenders(): AwsCase['contenders'] {
  const log = openAwsLog({ service: 'bench' })
  const deployed = awsHttp(loadBenchMount, { log, ids })
  const mapping = async (event: APIGatewayProxyEventV2) =>
    responseToAws('http-api', answerNeutral(requestFromAws(event)) as WholeResponse, SILENT)
  const peers = Object.entries(lambdaPeers()).map(([name, handler]) => [
    name,
    (event: APIGatewayProxyEventV2) => handler(event, CONTEXT),
  ])
  return {
    skyreel: (event) =>
      deployed(event, CONTEXT as LambdaContext) as Promise<APIGatewayProxyStructuredResultV2>,
    'skyreel mapping': mapping as AwsCase['contenders'][string],
    'by hand': awsByHand,
    ...Object.fromEntries(peers),
  }
}

function eventOf(sent: { body: string; isBase64Encoded: boolean; type: string }): APIGatewayProxyEventV2 {
  const domainName = 'r3pmxmplak.execute-api.us-east-1.amazonaws.com'
  const sourceIp = '198.51.100.7'
  const http = { method: 'POST', path: PATH, protocol: 'HTTP/1.1', sourceIp, userAgent: 'bench' }
  return {
    ...{ version: '2.0', routeKey: '$default', rawPath: PATH, rawQueryString: QUERY },
    cookies: [...COOKIES],
    headers: {
      ...HEADERS,
      'content-type': sent.type,
      'content-length': String(Buffer.byteLength(sent.body, sent.isBase64Encoded ? 'base64' : 'utf8')),
    },
    queryStringParameters: { tag: 'drama,new', page: '2' },
    requestContext: {
      ...{ accountId: '123456789012', apiId: 'r3pmxmplak', domainName, domainPrefix: 'r3pmxmplak', http },
      ...{ requestId: 'JKJaXmPLvHcESHA=', routeKey: '$default', stage: '$default' },
      ...{ time: '02/Jan/2026:03:04:05 +0000', timeEpoch: 1_767_323_045_678 },
    },
    body: sent.body,
    isBase64Encoded: sent.isBase64Encoded,
  }
}

/** As API Gateway reads it: names of headers in any case. */
function seen({
  statusCode,
  headers = {},
  body = '',
  isBase64Encoded,
}: APIGatewayProxyStructuredResultV2): Seen {
  const lower = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])
  return {
    status: statusCode,
    headers: Object.fromEntries(lower),
    body: Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8'),
  }
}
