import { decodeUtf8 } from '../../http/json-body.ts'
import type { HttpRequest } from '../../http/request.ts'
import type { HttpResponse } from '../../http/response.ts'
import { type Route, route } from '../../http/route.ts'
import type { Uses } from '../../ports/ports.ts'
import type { Context } from '../../run/context.ts'
import { CPIX_OF } from './cpix.ts'
import { packagerOf } from './packagers.ts'
import { provideKeys } from './provide.ts'
import { SPEKE_ERRORS, SpekeRefused } from './refused.ts'
import { NotXml } from './xml.ts'

const SPEKE_MAX_BYTES = 262_144
const XML = 'application/xml'
const AGENT = { 'x-speke-user-agent': 'skyreel' }

/** https://docs.aws.amazon.com/speke/latest/documentation/the-speke-api-v2.html */
export const spekeRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/v1/speke',
    tag: 'Licences',
    access: 'public',
    summary: 'Give a packager keys (SPEKE 2.0 and 2.1)',
    description:
      'For packagers that are not ours, such as MediaConvert: a CPIX document of version 2.3 (SPEKE 2.0) or 2.4 (2.1) comes back with keys and signaling. `contentId` is a video of ours. The same key ids get the same keys. HTTP Basic; the header `x-speke-version` is mandatory.',
    rawBody: { mediaTypes: [XML], maxBytes: SPEKE_MAX_BYTES },
    answers: {
      200: { description: 'The document with keys', mediaType: XML },
      401: { description: 'No packager that is known', mediaType: 'text/plain' },
      422: { description: 'What is wrong, in the words of SPEKE', mediaType: 'text/plain' },
    },
    handler: ({ request }, ports, ctx) => answerPackager(ports, ctx, request),
  }),
]

type SpekeNeeds = Uses<'db' | 'keyVault' | 'ids' | 'clock' | 'config' | 'secrets'>

async function answerPackager(uses: SpekeNeeds, ctx: Context, request: HttpRequest): Promise<HttpResponse> {
  const packager = await packagerOf(uses, request.headers)
  if (packager === undefined) return text(401, 'Who asks is not known', CHALLENGE)
  const version = request.headers['x-speke-version'] ?? ''
  if (!CPIX_OF.has(version)) return text(422, SPEKE_ERRORS.spekeVersion, AGENT)
  const headers = { ...AGENT, 'x-speke-version': version }
  try {
    const body = await provideKeys(uses, ctx, { packager, version, xml: decodeUtf8(request.body) })
    return { status: 200, headers: { 'content-type': XML, 'cache-control': 'no-store', ...headers }, body }
  } catch (error) {
    if (error instanceof NotXml) return text(422, `Malformed CPIX document: ${error.message}`, headers)
    if (error instanceof SpekeRefused) return text(422, error.message, headers)
    throw error
  }
}

const CHALLENGE = { 'www-authenticate': 'Basic realm="speke", charset="UTF-8"' }

const text = (status: number, body: string, headers: Readonly<Record<string, string>>): HttpResponse => ({
  status,
  headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store', ...headers },
  body,
})
