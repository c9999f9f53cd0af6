import { DEFAULT_LIMIT, readCursor, toPage } from '../http/page.ts'
import { created, noContent, ok } from '../http/response.ts'
import { type Route, route } from '../http/route.ts'
import { isId, type UploadId } from '../run/id.ts'
import { abortUpload } from './abort-upload.ts'
import { startUpload } from './start-upload.ts'
import { completeUpload, showUpload, signParts, uploadFor } from './upload.ts'
import { openUploads } from './upload-store.ts'
import {
  PartsSign,
  PartsSigned,
  Upload,
  UploadComplete,
  UploadListQuery,
  UploadPage,
  UploadStart,
} from './wire.ts'

const tag = 'Uploads'
const OVER = {
  'upload-aborted': '409: The upload was cancelled or its time is over.',
  'upload-completed': '409: The upload is complete.',
}

export const uploadRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/v1/uploads',
    tag,
    access: 'user',
    summary: 'Start an upload',
    description:
      'Answers signed requests, one a part: send each part’s bytes with PUT straight to its URL, keep the `etag` of each answer, ' +
      'then complete. Parts may go side by side, in any order, and be repeated.',
    body: UploadStart,
    answers: { 201: { description: 'Started', schema: Upload } },
    problems: { 'film-exists': '409: The video has a film already.' },
    handler: async ({ body, actor }, ports) => {
      const row = await startUpload(ports, actor, body)
      return created(`/v1/uploads/${row.id}`, await showUpload(ports, row))
    },
  }),
  route({
    method: 'GET',
    path: '/v1/uploads',
    tag,
    access: 'user',
    summary: 'List one’s unfinished uploads',
    query: UploadListQuery,
    answers: { 200: { description: 'A page', schema: UploadPage } },
    handler: async ({ query, actor }, ports) => {
      const limit = query.limit ?? DEFAULT_LIMIT
      const before = readCursor(query.cursor, 'uploads', (key) => isId('upl', key)) as UploadId | undefined
      const rows = await openUploads(ports.db, actor.userId, { before, limit: limit + 1 })
      const page = toPage(rows, limit, {
        list: 'uploads',
        key: (row) => row.id,
        item: (row) => showUpload(ports, row),
      })
      return ok({ ...page, items: await Promise.all(page.items) })
    },
  }),
  route({
    method: 'GET',
    path: '/v1/uploads/:id',
    tag,
    access: 'user',
    summary: 'Look at an upload: what the store holds, and signed requests for the rest',
    answers: { 200: { description: 'The upload', schema: Upload } },
    handler: async ({ params, actor }, ports) =>
      ok(await showUpload(ports, await uploadFor(ports, actor, params.id))),
  }),
  route({
    method: 'POST',
    path: '/v1/uploads/:id/parts',
    tag,
    access: 'user',
    summary: 'Sign the requests for some parts again',
    body: PartsSign,
    answers: { 200: { description: 'Signed', schema: PartsSigned } },
    problems: OVER,
    handler: async ({ params, body, actor }, ports) => {
      const row = await uploadFor(ports, actor, params.id)
      return ok({ parts: await signParts(ports, row, body.numbers) })
    },
  }),
  route({
    method: 'POST',
    path: '/v1/uploads/:id/complete',
    tag,
    access: 'user',
    summary: 'Join the parts',
    description:
      'All parts from 1 upwards with the `etag` that the store answered. Completing again gives the same answer.',
    body: UploadComplete,
    // 10,000 parts with their etags come to about 700 kB.
    bodyMaxBytes: 2_000_000,
    answers: { 200: { description: 'Complete; the film is on its way', schema: Upload } },
    problems: { 'upload-aborted': OVER['upload-aborted'] },
    handler: async ({ params, body, actor }, ports) => {
      const row = await uploadFor(ports, actor, params.id)
      return ok(await showUpload(ports, await completeUpload(ports, row, body.parts)))
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/uploads/:id',
    tag,
    access: 'user',
    summary: 'Cancel an upload',
    description: 'Its parts are removed, and the video too if it was only made for this upload.',
    answers: { 204: { description: 'Cancelled' } },
    problems: { 'upload-completed': '409: The upload is complete. Delete the video instead.' },
    handler: async ({ params, actor }, ports, ctx) => {
      await abortUpload(ports, ctx, await uploadFor(ports, actor, params.id))
      return noContent()
    },
  }),
]
