import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { Writable } from 'node:stream'
import { type GcpHttpHandler, gcpHttp } from '../../adapters/gcp/http.ts'
import { requestFromGcp } from '../../adapters/gcp/http-request.ts'
import { responseToGcp, sendGcp } from '../../adapters/gcp/http-response.ts'
import { openGcpLog } from '../../adapters/gcp/log.ts'
import { gcpByHand } from './adapters-by-hand.ts'
import {
  answerNeutral,
  type Case,
  COOKIES,
  HEADERS,
  JSON_BODY,
  JSON_TYPE,
  PATH,
  QUERY,
  type Seen,
  wrongJson,
} from './adapters-cases.ts'
import { ids, loadBenchMount } from './adapters-ours.ts'

interface Exchange {
  readonly req: Parameters<GcpHttpHandler>[0]
  readonly res: ServerResponse
  readonly written: Buffer[]
}

/** What functions-framework hands over: node's own objects with the body read already, behind a socket that only keeps. */
export function gcpJson(): Case<Exchange, void> {
  const deployed = gcpHttp(loadBenchMount, { log: openGcpLog({ service: 'bench' }), ids })
  const { signal } = new AbortController()
  return {
    fresh,
    contenders: {
      skyreel: ({ req, res }) => deployed(req, res),
      'skyreel mapping': ({ req, res }) =>
        sendGcp(res, responseToGcp(answerNeutral(requestFromGcp(req)), 'POST'), signal),
      'by hand': ({ req, res }) => gcpByHand(req, res),
    },
    wrong: (_, { written }) => wrongJson(parsed(Buffer.concat(written))),
  }
}

const BODY = Buffer.from(JSON_BODY)
const SENT = {
  ...HEADERS,
  cookie: COOKIES.join('; '),
  'content-type': JSON_TYPE,
  'content-length': String(BODY.length),
}
const CLIENT = new Socket()

function fresh(): Exchange {
  const url = `${PATH}?${QUERY}`
  const req = Object.assign(new IncomingMessage(CLIENT), {
    ...{ method: 'POST', url, originalUrl: url, rawBody: BODY, executionId: 'exec-1' },
    ...{ rawHeaders: Object.entries(SENT).flat(), httpVersionMajor: 1, httpVersionMinor: 1 },
  })
  const written: Buffer[] = []
  const sink = new Writable({
    write(chunk: Buffer, _, done) {
      written.push(chunk)
      done()
    },
  })
  const res = new ServerResponse(req)
  // All that is asked of a socket here is to be written to.
  res.assignSocket(sink as Socket)
  return { req, res, written }
}

function parsed(bytes: Buffer): Seen {
  const end = bytes.indexOf('\r\n\r\n')
  const [first = '', ...lines] = bytes.subarray(0, end).toString('latin1').split('\r\n')
  const headers = lines
    .map((line) => line.split(': ', 2))
    .map(([name = '', value]) => [name.toLowerCase(), value])
  return {
    status: Number(first.split(' ')[1]),
    headers: Object.fromEntries(headers),
    body: bytes.subarray(end + 4),
  }
}
