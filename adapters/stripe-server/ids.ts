import { createHash, randomBytes } from 'node:crypto'

const LETTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** Makers of ids such as `sub_` and 24 letters and digits. With a seed the same ids come in every run. */
export function idMaker(seed?: string): (prefix: string) => string {
  let pool: Buffer = Buffer.alloc(0)
  let round = 0
  const next = () => (seed === undefined ? randomBytes(1536) : hashed(`${seed}:${round++}`))
  return (prefix) => {
    if (pool.length < 24) pool = next()
    const bytes = pool.subarray(0, 24)
    pool = pool.subarray(24)
    let text = ''
    for (const byte of bytes) text += LETTERS[byte % LETTERS.length]
    return `${prefix}_${text}`
  }
}

function hashed(text: string): Buffer {
  return createHash('sha512').update(text).digest()
}
