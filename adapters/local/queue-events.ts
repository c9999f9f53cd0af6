import { NotSupported } from '../../core/run/not-supported.ts'

export function decodeLocalQueueEvents(): never {
  throw new NotSupported(
    'the bus of one machine hands events over in process: there is no native form to decode',
  )
}
