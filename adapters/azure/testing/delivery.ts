import { randomBytes } from 'node:crypto'
import type { Ports } from '../../../core/ports/ports.ts'
import type { SecretName } from '../../../core/ports/secrets.ts'
import { manualClock } from '../../local/testing/clock.ts'
import { openDeliveryApi } from '../../node/testing/delivery-api.ts'
import { openAzureCdn } from '../cdn.ts'
import type { Azurite } from './azurite.ts'
import { openFrontDoor } from './front-door.ts'
import { openStorageOn } from './storage.ts'

const makeKey = () => randomBytes(32).toString('base64url')

/** Our API with the route of playlists, and Front Door before the blob store. Our API's clock stands still, at the real time. */
export async function openDeliveryOn(azurite: Azurite) {
  const stack = new AsyncDisposableStack()
  const at = stack.use(await openStorageOn(azurite))
  const clock = manualClock(new Date())
  // One key, or the newer and the older one.
  let deliveryKeys = [makeKey()]
  const secretOf = (keys: readonly string[]) => (keys.length === 1 ? (keys[0] ?? '') : JSON.stringify(keys))
  const get = async (name: SecretName) =>
    name === 'delivery-key' ? secretOf(deliveryKeys) : at.secrets.get(name)
  const edge = stack.use(await openFrontDoor(azurite.blobEndpoint))
  const ports: Partial<Ports> = { storage: at.storage, clock }
  const api = stack.use(await openDeliveryApi(ports))
  const config = { ...at.config, cdnOrigin: edge.origin }
  const cdn = openAzureCdn({ config, publicOrigin: api.origin, secrets: { get } })
  Object.assign(ports, { cdn })
  const { storage, later, past } = at
  return {
    ...{ cdn, storage, later, past },
    setNow: clock.set,
    rotation: {
      begin: () => {
        deliveryKeys = [makeKey(), ...deliveryKeys]
      },
      end: () => {
        deliveryKeys = deliveryKeys.slice(0, 1)
      },
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}
