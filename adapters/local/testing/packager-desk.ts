import { spekeRoutes } from '../../../core/drm/speke/routes.ts'
import { elementsOf, readXml, type XmlElement } from '../../../core/drm/speke/xml.ts'
import type { HttpResponse } from '../../../core/http/response.ts'
import { createRouter } from '../../../core/http/router.ts'
import { aRequest } from '../../../core/http/testing/request.ts'
import type { Ports } from '../../../core/ports/ports.ts'
import type { VideoId } from '../../../core/run/id.ts'
import type { VideoRow } from '../../../core/video/show.ts'
import { openTestColumn, type TestColumn } from './column.ts'
import { aPerson, aVideo } from './rows.ts'

export const FILM = 'vid_0190aaaaaaaa7000800000000000abcd' as VideoId
export const PASSWORD = 'a-password-of-at-least-32-characters'

export interface PackagerDesk extends AsyncDisposable {
  readonly column: TestColumn
  readonly ports: Ports
  /** As the fixtures name it, of 1920x1080. */
  readonly film: VideoRow
  aFilm(): Promise<VideoRow>
  ask(xml: string | Uint8Array, headers?: Readonly<Record<string, string>>): Promise<HttpResponse>
}

/** The endpoint over a column whose random bytes are always the same, so that its answers are. */
export async function openPackagerDesk(): Promise<PackagerDesk> {
  const column = await openTestColumn()
  const list = JSON.stringify([
    { user: 'first', password: 'x'.repeat(32) },
    { user: 'convert', password: PASSWORD },
  ])
  const { secrets } = column.ports
  const get: typeof secrets.get = async (name) => (name === 'speke' ? list : secrets.get(name))
  let drawn = 0
  const secret = (bytes: number) => Buffer.alloc(bytes, ++drawn).toString('base64url')
  const ports: Ports = { ...column.ports, secrets: { get }, ids: { ...column.ports.ids, secret } }
  const router = createRouter(spekeRoutes, async () => undefined)
  const { id: ownerId } = await aPerson(ports.db)
  const size = { ownerId, width: 1920, height: 1080 }
  return {
    ...{ column, ports },
    film: await aVideo(ports.db, { id: FILM, ...size }),
    aFilm: () => aVideo(ports.db, size),
    ask: (xml, headers = {}) => {
      const request = { body: Buffer.from(xml as string), headers: { ...HEADERS, ...headers } }
      return router.handle(aRequest('POST', '/v1/speke', request), ports, column.ctx)
    },
    [Symbol.asyncDispose]: () => column[Symbol.asyncDispose](),
  }
}

export const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`

const HEADERS = {
  'content-type': 'application/xml',
  'x-speke-version': '2.0',
  authorization: basic('convert', PASSWORD),
}

/** Elements of this name anywhere in the document, in their order. */
export function allOf(root: XmlElement, local: string): XmlElement[] {
  const own = root.local === local ? [root] : []
  return [...own, ...elementsOf(root).flatMap((child) => allOf(child, local))]
}

export const documentOf = ({ body }: HttpResponse): XmlElement => readXml(String(body))
