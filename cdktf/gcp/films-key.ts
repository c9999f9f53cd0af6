import { KmsCryptoKey } from '@cdktf/provider-google/lib/kms-crypto-key/index.js'
import { KmsCryptoKeyIamMember } from '@cdktf/provider-google/lib/kms-crypto-key-iam-member/index.js'
import { KmsKeyRing } from '@cdktf/provider-google/lib/kms-key-ring/index.js'
import { DataResource, Fn } from 'cdktf'
import type { UsesDeclaration } from '../../core/run/function.ts'
import { FILMS_KEY, RENEWED_DAYS } from '../shared/films-key.ts'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import { type Identities, identityOf } from './permissions.ts'
import type { RoleName, Roles } from './permissions-roles.ts'

export type FilmsKey = KmsCryptoKey

/** Days in which a version that is to be destroyed can be had back. Cloud KMS takes 1 to 120. */
const REPENTANCE_DAYS = { protected: 30, otherwise: 1 }

/**
 * The key of Cloud KMS that wraps the keys of films: its primary version is a new one each year, and the older open what they
 * have wrapped. https://cloud.google.com/kms/docs/key-rotation
 */
export function layFilmsKey(stack: SkyreelStack): FilmsKey {
  const { protectData } = stack.place.environment
  const days = protectData ? REPENTANCE_DAYS.protected : REPENTANCE_DAYS.otherwise
  return new KmsCryptoKey(stack, 'films-key', {
    ...{ name: FILMS_KEY, keyRing: ring(stack).id, purpose: 'ENCRYPT_DECRYPT' },
    rotationPeriod: seconds(RENEWED_DAYS),
    destroyScheduledDuration: seconds(days),
    lifecycle: { preventDestroy: protectData },
  })
}

const seconds = (days: number): string => `${days * 86_400}s`

/**
 * A key ring is there for good: Google deletes none, and refuses a second one of its name. So the name ends in what is new with
 * each life of the stack, or a preview could be opened once.
 */
function ring(stack: SkyreelStack): KmsKeyRing {
  const { prefix, environment } = stack.place
  const life = new DataResource(stack, 'films-key-life')
  return new KmsKeyRing(stack, 'films-key-ring', {
    name: `${prefix}-${Fn.substr(life.id, 0, 8)}`,
    location: environment.gcp.region,
    lifecycle: { preventDestroy: environment.protectData },
  })
}

type Use = NonNullable<UsesDeclaration['keyVault']>[number]
const ROLE_FOR: Readonly<Record<Use, RoleName>> = { wrap: 'films-key-wrap', unwrap: 'films-key-unwrap' }

/** Lets each account wrap or unwrap, whichever its manifest names. */
export function grantFilmsKey(
  stack: SkyreelStack,
  { filmsKey, identities, roles }: { filmsKey: FilmsKey; identities: Identities; roles: Roles },
): void {
  for (const fn of stack.plan)
    for (const use of fn.uses.keyVault ?? [])
      new KmsCryptoKeyIamMember(stack, `grant-${fn.name}-films-key-${use}`, {
        cryptoKeyId: filmsKey.id,
        role: roles[ROLE_FOR[use]].id,
        member: identityOf(identities, fn).member,
      })
}
