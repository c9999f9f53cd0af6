import {
  constants,
  generateKeyPairSync,
  type KeyObject,
  privateDecrypt,
  publicEncrypt,
  randomBytes,
} from 'node:crypto'
import type { IdentityServer } from './identity.ts'
import {
  onlyQuery,
  openStrictServer,
  parseJson,
  Refused,
  readFields,
  type StrictRequest,
  type StrictServer,
} from './strict-server.ts'

export interface KeyVaultKeys extends StrictServer {
  /** URL of the key without a version. */
  readonly key: string
  addVersion(): void
  /** By URL. */
  destroy(version: string): void
  disable(version: string): void
}

interface Version {
  readonly id: string
  readonly keys: { publicKey: KeyObject; privateKey: KeyObject }
  enabled: boolean
}

/** The part of a Key Vault that wraps with RSA keys. Without a token of the identity everything is refused. */
export async function openKeyVaultKeys(identity: Pick<IdentityServer, 'check'>): Promise<KeyVaultKeys> {
  const versions: Version[] = []
  const addVersion = () => {
    const id = randomBytes(16).toString('hex')
    versions.push({ id, keys: pairAt(versions.length), enabled: true })
  }
  addVersion()
  const server: StrictServer = await openStrictServer((request) => {
    identity.check(request.headers, 'https://vault.azure.net')
    onlyQuery(request.query, { 'api-version': '7.4' })
    const { method, path } = request
    const newest = versions.at(-1)
    if (method === 'GET' && path === '/keys/films' && newest)
      return { status: 200, body: { key: { kid: `${server.origin}/keys/films/${newest.id}`, kty: 'RSA' } } }
    const [, id, verb] = /^\/keys\/films\/([0-9a-f]{32})\/(wrapkey|unwrapkey)$/.exec(path) ?? []
    if (method !== 'POST' || id === undefined)
      throw new Refused(400, 'BadParameter', `no such request: ${path}`)
    const version = versions.find((one) => one.id === id)
    if (!version) throw new Refused(404, 'KeyNotFound', `A key with (name/id) films/${id} was not found.`)
    if (!version.enabled) throw new Refused(403, 'Forbidden', 'Operation is not allowed on a disabled key.')
    const value = operate(version, verb === 'wrapkey', wrapValue(request)).toString('base64url')
    return { status: 200, body: { kid: `${server.origin}/keys/films/${id}`, value } }
  })
  const indexOf = (url: string) => versions.findIndex(({ id }) => url.endsWith(`/${id}`))
  return {
    ...{ ...server, key: `${server.origin}/keys/films`, addVersion },
    destroy: (url) => void versions.splice(indexOf(url), 1),
    disable: (url) => {
      const version = versions[indexOf(url)]
      if (version) version.enabled = false
    },
  }
}

const pairs: Version['keys'][] = []

/** Made once for all vaults of a process, for they take a tenth of a second each; those of one vault differ. */
function pairAt(index: number): Version['keys'] {
  const pair = pairs[index] ?? generateKeyPairSync('rsa', { modulusLength: 2048 })
  pairs[index] = pair
  return pair
}

function wrapValue(request: StrictRequest): Buffer {
  const { alg, value } = readFields(parseJson(request, 'application/json'), {
    required: ['alg', 'value'],
    optional: [],
  })
  if (alg !== 'RSA-OAEP-256') throw new Refused(400, 'BadParameter', `the algorithm ${alg} is not supported`)
  if (typeof value !== 'string' || !/^[\w-]+$/.test(value))
    throw new Refused(400, 'BadParameter', "Content of 'value' is not base64url.")
  return Buffer.from(value, 'base64url')
}

function operate({ keys }: Version, wrap: boolean, bytes: Buffer): Buffer {
  const oaep = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' }
  try {
    return wrap
      ? publicEncrypt({ key: keys.publicKey, ...oaep }, bytes)
      : privateDecrypt({ key: keys.privateKey, ...oaep }, bytes)
  } catch {
    throw new Refused(400, 'BadParameter', 'Unable to decrypt specified value with this key')
  }
}
