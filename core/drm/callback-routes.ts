import * as z from 'zod/mini'
import { unsupportedType } from '../http/json-body.ts'
import { notFound } from '../http/problem.ts'
import type { HttpRequest } from '../http/request.ts'
import type { HttpResponse } from '../http/response.ts'
import { type Route, route } from '../http/route.ts'
import type { DecideNeeds } from '../playback/decide.ts'
import { inTime } from '../playback/in-time.ts'
import { PlaybackRefused } from '../playback/refusals.ts'
import type { Context } from '../run/context.ts'
import {
  CALLBACK_MAX_BYTES,
  type CallbackForm,
  CallbackRefused,
  callbackNotSupported,
} from './vendors/callback.ts'
import { decideCallback } from './vendors/callback-decision.ts'
import { doveRunnerForm } from './vendors/callback-doverunner.ts'
import { takeNonce } from './vendors/callback-nonce.ts'
import { ownForm } from './vendors/callback-own-form.ts'
import { vendorSecrets } from './vendors/secret.ts'

/** A device waits behind the vendor. */
const ANSWER_MS = 2000

/** Vendors that call back, and why those whose form is not known are not answered. */
// Each form gets back the questions that it has read itself, and no others.
const FORMS = new Map<string, CallbackForm | string>([
  ['skyreel', ownForm as CallbackForm],
  ['doverunner', doveRunnerForm as CallbackForm],
  ['ezdrm', 'the fields of its authorisation callback are not published'],
  ['drmtoday', 'the fields of its authorisation callback are not published'],
])

/** A vendor asks while it makes a licence. */
export const callbackRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/v1/drm/callbacks/:vendor',
    tag: 'Licences',
    access: 'public',
    summary: 'Answer a DRM vendor whether a licence may be made',
    description:
      'For vendors alone: verified over its exact bytes, taken once and within 5 minutes. What is refused is told to the vendor in its own form, without a reason.',
    rawBody: {
      mediaTypes: ['application/json', 'application/x-www-form-urlencoded'],
      maxBytes: CALLBACK_MAX_BYTES,
    },
    answers: {
      200: { description: 'The answer in the vendor’s form', schema: z.object({ allow: z.boolean() }) },
      403: { description: 'No, in the vendor’s form', schema: z.object({ allow: z.boolean() }) },
    },
    problems: {
      'callback-refused': '401: The signature is wrong, the time too far off, or it came before.',
      'not-found': '404: No such vendor calls back.',
      'callback-not-supported': '501: How this vendor calls back is not known.',
    },
    handler: ({ request, params }, ports, ctx) => answerCallback(ports, ctx, params.vendor ?? '', request),
  }),
]

async function answerCallback(
  uses: DecideNeeds,
  ctx: Context,
  vendor: string,
  request: HttpRequest,
): Promise<HttpResponse> {
  const form = formOf(vendor)
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase()
  if (type !== form.mediaType) throw unsupportedType(type, [form.mediaType])
  const secrets = await vendorSecrets(uses)
  const question = read(ctx, vendor, () => form.read(request, secrets, uses.clock.now()))
  const answer = async () => {
    if (!(await takeNonce(uses, vendor, question))) throw new CallbackRefused('it came before')
    return form.allow(question, await decideCallback(uses, ctx, { question, vendor: request }), secrets)
  }
  try {
    return await inTime(uses, { ms: ANSWER_MS, signal: ctx.signal }, answer)
  } catch (error) {
    if (error instanceof CallbackRefused) throw told(ctx, vendor, error)
    return form.deny(question, statusOf(ctx, error), secrets)
  }
}

function formOf(vendor: string): CallbackForm {
  const form = FORMS.get(vendor)
  if (form === undefined) throw notFound('vendor that calls back')
  if (typeof form === 'string') throw callbackNotSupported(vendor, form)
  return form
}

function read<T>(ctx: Context, vendor: string, question: () => T): T {
  try {
    return question()
  } catch (error) {
    if (error instanceof CallbackRefused) throw told(ctx, vendor, error)
    throw error
  }
}

function told(ctx: Context, vendor: string, error: CallbackRefused): CallbackRefused {
  ctx.log.warn('a callback was refused', { vendor, because: error.because })
  return error
}

/** Fails closed: whatever went wrong, the vendor hears no, and the log hears why. */
function statusOf(ctx: Context, error: unknown): number {
  if (error instanceof PlaybackRefused) return error.facts.status
  ctx.log.error('a callback could not be decided', { error })
  return 503
}
