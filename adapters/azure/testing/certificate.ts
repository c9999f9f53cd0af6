import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { promisify } from 'node:util'
import type { Certificate } from './azurite.ts'

/** Why no certificate can be made here; `undefined` where it can. */
export const opensslMissing = (): string | undefined =>
  (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, 'openssl')))
    ? undefined
    : 'openssl is not installed'

/** A certificate for 127.0.0.1 that this process trusts from now on, gone from the disk when disposed. */
export async function trustedCertificate(): Promise<Certificate & AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), 'skyreel-certificate-'))
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1']
  const made = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-out', cert, '-keyout', key]
  await promisify(execFile)('openssl', [...made, ...subject])
  setDefaultCACertificates([...getCACertificates('default'), await readFile(cert, 'utf8')])
  return { cert, key, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) }
}
