/** A driver that cannot keep a port's promise throws this instead of coming near it. The message says why. */
export class NotSupported extends Error {
  override readonly name = 'NotSupported'
}
