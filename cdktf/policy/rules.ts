import { BUDGET_RULES } from './budgets.ts'
import { DEAD_LETTERS_AWS } from './dead-letters-aws.ts'
import { DEAD_LETTERS_AZURE } from './dead-letters-azure.ts'
import { DEAD_LETTERS_GCP } from './dead-letters-gcp.ts'
import { DOOR_RULES } from './doors.ts'
import { ENCRYPTION_RULES } from './encryption.ts'
import { FILM_RULES } from './films.ts'
import { GATEWAY_RULES } from './gateway.ts'
import { LEAST_PRIVILEGE_AWS } from './least-privilege-aws.ts'
import { LEAST_PRIVILEGE_AZURE } from './least-privilege-azure.ts'
import { LEAST_PRIVILEGE_GCP } from './least-privilege-gcp.ts'
import { PLAIN_SECRET_RULES } from './plain-secrets.ts'
import { PLANNED_RULES } from './planned-once.ts'
import { PROTECTED_DATA_RULES } from './protected-data.ts'
import { PUBLIC_ACCESS_AWS } from './public-access-aws.ts'
import { PUBLIC_ACCESS_AZURE } from './public-access-azure.ts'
import { PUBLIC_ACCESS_GCP } from './public-access-gcp.ts'
import { RETENTION_AWS } from './retention-aws.ts'
import { RETENTION_AZURE } from './retention-azure.ts'
import { RETENTION_GCP } from './retention-gcp.ts'
import type { Rule } from './stack.ts'
import { TAG_RULES } from './tags.ts'
import { TIME_LIMIT_RULES } from './time-limits.ts'
import { TRANSPORT_RULES } from './transport.ts'
import { WIDE_GRANT_RULES } from './wide-grants.ts'

/** Everything that must hold in every stack. */
export const RULES: readonly Rule[] = [
  ...PLANNED_RULES,
  ...[LEAST_PRIVILEGE_AWS, LEAST_PRIVILEGE_GCP, LEAST_PRIVILEGE_AZURE],
  ...WIDE_GRANT_RULES,
  ...[...PUBLIC_ACCESS_AWS, ...PUBLIC_ACCESS_GCP, ...PUBLIC_ACCESS_AZURE],
  ...[...FILM_RULES, ...DOOR_RULES],
  ...[...ENCRYPTION_RULES, ...TRANSPORT_RULES, ...PLAIN_SECRET_RULES],
  ...[...DEAD_LETTERS_AWS, ...DEAD_LETTERS_GCP, ...DEAD_LETTERS_AZURE],
  ...[...TIME_LIMIT_RULES, ...GATEWAY_RULES],
  ...[...RETENTION_AWS, ...RETENTION_GCP, ...RETENTION_AZURE],
  ...[...PROTECTED_DATA_RULES, ...BUDGET_RULES, ...TAG_RULES],
]
