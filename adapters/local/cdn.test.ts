import { randomBytes } from 'node:crypto'
import { cdnContract } from '../../core/ports/cdn.contract.ts'
import { askRaw } from '../node/testing/raw-request.ts'
import { openServedStorage } from './testing/served-storage.ts'

const makeKey = () => randomBytes(32).toString('base64url')

async function open() {
  let keys = [makeKey()]
  const get = async () => (keys.length === 1 ? (keys[0] ?? '') : JSON.stringify(keys))
  const served = await openServedStorage({ secrets: { get } })
  const rotation = {
    begin: () => {
      keys = [makeKey(), ...keys]
    },
    end: () => {
      keys = keys.slice(0, 1)
    },
  }
  return Object.assign(served, { rotation, setNow: served.clock.set, ask: askRaw })
}

cdnContract('playback URLs of this machine', open)
