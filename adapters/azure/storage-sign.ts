import { createHmac } from 'node:crypto'

/** What a service SAS opens: one blob, for reading (`r`) or for writing blocks and contents (`w`). */
export interface BlobGrant {
  readonly account: string
  readonly container: string
  readonly key: string
  readonly permissions: 'r' | 'w'
  readonly expiresAt: Date
  /** False for an emulator without TLS; else the store refuses the signature over plain HTTP. */
  readonly httpsOnly: boolean
}

/**
 * The first version whose string to sign has the encryption scope: all later ones sign alike, and it is old enough for
 * every emulator.
 */
const VERSION = '2020-12-06'

/**
 * Query of a service SAS, signed with the account key (base64): no request, no SDK. The fields and their order:
 * https://learn.microsoft.com/rest/api/storageservices/create-service-sas#version-2020-12-06-and-later
 */
export function blobSas(accountKey: string, grant: BlobGrant): string {
  const protocol = grant.httpsOnly ? 'https' : ''
  // Whole seconds, rounded down: a signature is never good for longer than was asked.
  const expires = `${grant.expiresAt.toISOString().slice(0, 19)}Z`
  const resource = `/blob/${grant.account}/${grant.container}/${grant.key}`
  const facts = [
    grant.permissions,
    '',
    expires,
    resource,
    '',
    '',
    protocol,
    VERSION,
    'b',
    ...Array(7).fill(''),
  ]
  const signature = createHmac('sha256', Buffer.from(accountKey, 'base64'))
    .update(facts.join('\n'))
    .digest('base64')
  const query = { sv: VERSION, spr: protocol, se: expires, sr: 'b', sp: grant.permissions, sig: signature }
  return Object.entries(query)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&')
}

/** Path of a blob under its endpoint, with every character of the key kept. */
export const blobPath = (container: string, key: string): string =>
  `/${container}/${key.split('/').map(encodeURIComponent).join('/')}`
