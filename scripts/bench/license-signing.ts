import { createCipheriv, createSecretKey, hash, type KeyObject, randomBytes } from 'node:crypto'
import { widevineEnvelope, widevineMessage } from '../../core/drm/widevine-message.ts'
import { keySpecs, licensePolicy } from '../../core/drm/widevine-policy.ts'
import { KEY_LABELS } from '../../core/protection/model.ts'

const IDENTITY = { provider: 'benchmark', signer: 'benchmark' }
const SIGNER = { signer: IDENTITY.signer, key: randomBytes(32), iv: randomBytes(16) }
/** Nothing is there: the bench's own port answers. */
export const WIDEVINE_SECRET = JSON.stringify({
  ...{ ...IDENTITY, url: 'http://localhost/cenc/getlicense/benchmark' },
  ...{ key: SIGNER.key.toString('hex'), iv: SIGNER.iv.toString('hex') },
})

/** As long as a browser's with an encrypted client id. */
export const CHALLENGE = new Uint8Array(randomBytes(4096))

const KEYS = KEY_LABELS.map((label) => ({
  ...({ label, protection: 'cenc', keyId: randomBytes(16).toString('hex') } as const),
  ...{ key: new Uint8Array(randomBytes(16)), iv: new Uint8Array(16) },
}))
const TERMS = { now: new Date(), renewalUrl: 'https://api.example.org/v1/license/widevine', persist: false }

const message = () =>
  widevineMessage(CHALLENGE, {
    provider: IDENTITY.provider,
    content_id: 'dmlkXzAxOTBhYmNkZWYwMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc=',
    content_key_specs: keySpecs(KEYS, true),
    use_policy_overrides_exclusively: true,
    policy_overrides: licensePolicy({ licenseSeconds: 300 }, TERMS),
  })

/** The whole signing path: keys and policy as JSON, signed, in its envelope. */
export const signOurs = (): number => widevineEnvelope(message(), SIGNER).length

const MESSAGE = Buffer.from(message())
const KEY_OBJECT = createSecretKey(SIGNER.key)

/** What the service wants at the least: SHA-1, AES-256-CBC and base64 of an equal message. */
function signWith(key: Buffer | KeyObject): number {
  const cipher = createCipheriv('aes-256-cbc', key, SIGNER.iv)
  const digest = hash('sha1', MESSAGE, 'buffer')
  const signature = Buffer.concat([cipher.update(digest), cipher.final()]).toString('base64')
  return signature.length + MESSAGE.toString('base64').length
}
/** As everybody writes it, with the key as bytes. */
const signBare = () => signWith(SIGNER.key)
/** As fast as node:crypto can: the key made ready once. */
const signReady = () => signWith(KEY_OBJECT)

const ROUNDS = 20
const EACH = 500

export interface Signing {
  /** Microseconds of CPU that a message takes. */
  readonly oursMicros: number
  readonly bareMicros: number
  readonly readyMicros: number
  /** The slowest hundredth of ours, by the clock. */
  readonly oursP99Ms: number
}

/** All in turn, some at a time. By the CPU and not by the clock, which also counts what else runs on the machine. */
export function measureSigning(): Signing {
  const took: number[] = []
  let [ours, bare, ready] = [0, 0, 0]
  for (let round = 0; round < ROUNDS; round++) {
    ours += cpuOf(signOurs, took)
    bare += cpuOf(signBare, [])
    ready += cpuOf(signReady, [])
  }
  took.sort((a, b) => a - b)
  const each = (micros: number) => micros / ROUNDS / EACH
  return {
    ...{ oursMicros: each(ours), bareMicros: each(bare), readyMicros: each(ready) },
    oursP99Ms: took[Math.floor(took.length * 0.99)] ?? 0,
  }
}

/** The clock is looked at for each, so that it costs all the same. */
function cpuOf(work: () => number, took: number[]): number {
  const begin = process.cpuUsage()
  for (let n = 0; n < EACH; n++) {
    const before = performance.now()
    work()
    took.push(performance.now() - before)
  }
  const { user, system } = process.cpuUsage(begin)
  return user + system
}
