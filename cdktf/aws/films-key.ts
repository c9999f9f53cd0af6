import { KmsKey } from '@cdktf/provider-aws/lib/kms-key/index.js'
import type { UsesDeclaration } from '../../core/run/function.ts'
import { FILMS_KEY, RENEWED_DAYS } from '../shared/films-key.ts'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import type { Statement } from './permissions-identity.ts'

/** Days in which a key that is to be deleted can be had back. KMS takes 7 to 30. */
const REPENTANCE_DAYS = { protected: 30, otherwise: 7 }

/**
 * The KMS key that wraps the keys of films. Its policy is the account's default, which leaves it to the roles who may use it.
 * KMS renews the material behind the same ARN, and opens with it what the older material has wrapped.
 * https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html
 */
export function makeFilmsKey(stack: SkyreelStack): string {
  const { prefix, environment } = stack.place
  const { protectData } = environment
  const key = new KmsKey(stack, 'films-key', {
    description: `${prefix}: wraps the keys of protected films`,
    ...{ enableKeyRotation: true, rotationPeriodInDays: RENEWED_DAYS },
    deletionWindowInDays: protectData ? REPENTANCE_DAYS.protected : REPENTANCE_DAYS.otherwise,
    tags: { Name: `${prefix}-${FILMS_KEY}` },
    lifecycle: { preventDestroy: protectData },
  })
  key.overrideLogicalId('films-key')
  return key.arn
}

const ACTIONS = { wrap: 'kms:Encrypt', unwrap: 'kms:Decrypt' } as const

/** Only for a film that is named: adapters/aws/key-vault.ts sends it as encryption context, and CloudTrail keeps it. */
const FOR_A_FILM = { Null: { 'kms:EncryptionContext:skyreel:film': 'false' } }

/** Wrap or unwrap, whichever the manifest names. */
export function filmsKeyStatements(uses: UsesDeclaration['keyVault'] = [], keyArn: string): Statement[] {
  if (uses.length === 0) return []
  const Action = [...uses].sort().map((use) => ACTIONS[use])
  return [{ Sid: 'UseFilmsKey', Effect: 'Allow', Action, Resource: [keyArn], Condition: FOR_A_FILM }]
}
