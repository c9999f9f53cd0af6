import { HttpRequest, type HttpResponseInit, InvocationContext } from '@azure/functions'
import { azureHttp } from '../../adapters/azure/http.ts'
import { bodyFromAzure, requestFromAzure } from '../../adapters/azure/http-request.ts'
import { responseToAzure } from '../../adapters/azure/http-response.ts'
import { openAzureLog } from '../../adapters/azure/log.ts'
import { azureByHand } from './adapters-by-hand.ts'
import {
  answerNeutral,
  type Case,
  COOKIES,
  HEADERS,
  JSON_BODY,
  JSON_TYPE,
  PATH,
  QUERY,
  wrongJson,
} from './adapters-cases.ts'
import { ids, loadBenchMount, SILENT } from './adapters-ours.ts'

/** The library's own request in, what it sends out. */
export function azureJson(): Case<HttpRequest, HttpResponseInit> {
  const deployed = azureHttp(loadBenchMount, { log: openAzureLog(), ids })
  const context = new InvocationContext({ functionName: 'bench', invocationId: 'inv-1' })
  return {
    fresh,
    contenders: {
      skyreel: async (native) => (await deployed(native, context)) as HttpResponseInit,
      'skyreel mapping': async (native) =>
        responseToAzure(
          answerNeutral(requestFromAzure(native, { body: await bodyFromAzure(native) })),
          SILENT,
        ),
      'by hand': azureByHand,
    },
    wrong: ({ status, headers, body }) =>
      wrongJson({
        status,
        headers: headers as Record<string, string>,
        body: Buffer.from(body as string | Uint8Array as string),
      }),
  }
}

const fresh = () =>
  new HttpRequest({
    method: 'POST',
    url: `https://bench.azurewebsites.net${PATH}?${QUERY}`,
    headers: { ...HEADERS, cookie: COOKIES.join('; '), 'content-type': JSON_TYPE },
    body: { string: JSON_BODY },
  })
