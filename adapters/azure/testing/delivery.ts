import { randomBytes } from 'node:crypto'
import { createRouter } from '../../../core/http/router.ts'
import type { Ports } from '../../../core/ports/ports.ts'
import type { SecretName } from '../../../core/ports/secrets.ts'
import { deliveryRoutes } from '../../../core/video/delivery-routes.ts'
import { systemClock } from '../../node/clock.ts'
import { openTestServer } from '../../node/testing/server.ts'
import { openAzureCdn } from '../cdn.ts'
import type { Azurite } from './azurite.ts'
import { openFrontDoor } from './front-door.ts'
import { openStorageOn } from './storage.ts'

/** Our API with the route of playlists, and Front Door before the blob store. */
export async function openDeliveryOn(azurite: Azurite) {
  const stack = new AsyncDisposableStack()
  const at = stack.use(await openStorageOn(azurite))
  const deliveryKey = randomBytes(32).toString('base64url')
  const get = async (name: SecretName) => (name === 'delivery-key' ? deliveryKey : at.secrets.get(name))
  const edge = stack.use(await openFrontDoor(azurite.blobEndpoint))
  const router = createRouter(deliveryRoutes, async () => undefined)
  const ports: Partial<Ports> = { storage: at.storage, clock: systemClock }
  const api = stack.use(
    await openTestServer({ handle: (request, ctx) => router.handle(request, ports as Ports, ctx) }),
  )
  const config = { ...at.config, cdnOrigin: edge.origin }
  const cdn = openAzureCdn({ config, publicOrigin: api.origin, secrets: { get } })
  Object.assign(ports, { cdn })
  const { storage, later, past } = at
  return { cdn, storage, later, past, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}
