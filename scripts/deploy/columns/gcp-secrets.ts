import * as z from 'zod/mini'
import { secretPrefix } from '../../../cdktf/gcp/settings-names.ts'
import type { SecretName } from '../../../cdktf/shared/needs.ts'
import type { Place } from '../../../cdktf/shared/place.ts'
import type { Guarded, Query } from '../column.ts'
import { fromJson } from './answers.ts'
import { gcloud, gcloudArgv, NO_QUESTIONS } from './gcp-command.ts'
import { describeBackend, replaceSigningKey, SIGNING_KEY_NAME } from './gcp-signing-key.ts'
import { quoted, sh, together } from './pipes.ts'

const idOf = (place: Place, name: SecretName): string => `${secretPrefix(place)}${name}`

const Versions = z.array(z.object({ state: z.string() }))
const hasValue = (answer: unknown): boolean =>
  Versions.parse(answer).some(({ state }) => state.toUpperCase() === 'ENABLED')

const versions = (name: string) => ['secrets', 'versions', 'list', name, '--format=json']

/** Whether the secret has a version that can be read; a container has none at first. */
export function gcpSecretExists(place: Place, name: SecretName): Query<boolean> {
  if (name === 'cdn-key') return cdnKeyExists(place)
  const id = idOf(place, name)
  return {
    command: gcloud(place, `look whether ${id} has a value`, ...versions(id)),
    read: fromJson(`versions of ${name}`, hasValue),
  }
}

/** In both of its places: ended between the two, the next deployment makes a new one. */
function cdnKeyExists(place: Place): Query<boolean> {
  const id = idOf(place, 'cdn-key')
  const line = together({
    versions: quoted(gcloudArgv(place, ...versions(id))),
    backend: quoted(describeBackend(place)),
  })
  return {
    command: { says: `look whether ${id} has a value that the CDN knows`, argv: sh(line), env: NO_QUESTIONS },
    read: fromJson('places of cdn-key', (answer) => {
      const places = CdnKey.parse(answer)
      const known = places.backend.cdnPolicy?.signedUrlKeyNames ?? []
      return hasValue(places.versions) && known.includes(SIGNING_KEY_NAME)
    }),
  }
}

const CdnKey = z.object({
  versions: Versions,
  backend: z.object({
    cdnPolicy: z.optional(z.object({ signedUrlKeyNames: z.optional(z.array(z.string())) })),
  }),
})

/** A new version of the secret; the functions read the latest. `cdn-key` goes to the CDN as well, before the stack is applied. */
export function writeGcpSecret(place: Place, name: SecretName, value: string): readonly Guarded[] {
  const id = idOf(place, name)
  const add = gcloud(place, `store ${id}`, 'secrets', 'versions', 'add', id, '--data-file=-')
  const stored = { ...add, input: value }
  return name === 'cdn-key' ? [stored, ...replaceSigningKey(place, value)] : [stored]
}
