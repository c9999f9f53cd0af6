import { NotSupported } from '../../core/run/not-supported.ts'

export function decodeLocalStorageEvents(): never {
  throw new NotSupported(
    'the store of one machine makes the neutral event itself: there is no native form to decode',
  )
}
