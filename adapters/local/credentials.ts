import { NotSupported } from '../../core/run/not-supported.ts'

/** A machine's own files and processes ask for no credentials. */
export function openLocalCredentials(): never {
  throw new NotSupported('credentials of a cloud: one machine needs none, its files belong to its user')
}
