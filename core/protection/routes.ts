import { ok } from '../http/response.ts'
import { type Route, route } from '../http/route.ts'
import { videoFor } from '../video/find.ts'
import { showVideo } from '../video/show.ts'
import { findVideo } from '../video/store.ts'
import { Video } from '../video/wire.ts'
import { changeProtection } from './change.ts'
import { ProtectionChange } from './wire.ts'

export const protectionRoutes: readonly Route[] = [
  route({
    method: 'PUT',
    path: '/v1/videos/:id/protection',
    tag: 'Videos',
    access: 'user',
    summary: 'Encrypt a film in another way, or with other keys',
    description:
      'The film is not encoded again and plays on as it is meanwhile; `nextProtection` is there until that is done, and `protectionFailure` where it failed.',
    body: ProtectionChange,
    answers: {
      200: { description: 'It is so already', schema: Video },
      202: { description: 'Begun', schema: Video },
    },
    problems: {
      'not-ready': '409: The film is not ready yet.',
      'protection-under-way': '409: Another change is under way.',
    },
    handler: async ({ params, body, actor }, ports, ctx) => {
      const video = await videoFor(ports, actor, 'video:update', params.id)
      const begun = await changeProtection(ports, ctx, video.id, body)
      const changed = (await findVideo(ports.db, video.id)) ?? video
      return { ...ok(await showVideo(ports, changed, actor)), status: begun ? 202 : 200 }
    },
  }),
]
