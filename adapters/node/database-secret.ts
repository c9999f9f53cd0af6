import type { SecretName } from '../../core/ports/secrets.ts'

/**
 * Which connection string a process asks for. Infrastructure sets SKYREEL_DB=read for functions whose manifest says
 * `db: 'read'`: theirs is of a role that may only select, and the other they may not even fetch.
 */
export const databaseSecret = (env: Readonly<Record<string, string | undefined>>): SecretName =>
  env.SKYREEL_DB === 'read' ? 'database-url-read' : 'database-url'
