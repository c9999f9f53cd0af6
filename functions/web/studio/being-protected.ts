import type { Video } from '../../../core/video/wire.ts'

/** Whether another encryption of a film is being made; it plays as before until that is whole. */
export const isBeingProtected = ({ status, nextProtection, protectionFailure }: Video): boolean =>
  status === 'ready' && nextProtection !== undefined && protectionFailure === undefined
