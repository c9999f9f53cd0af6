/** 32 letters that nobody else has. Not `crypto.randomUUID`, which pages without https do not have. */
export function randomName(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
