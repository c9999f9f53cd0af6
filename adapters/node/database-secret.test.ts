import { expect, it } from 'vitest'
import { databaseSecret } from './database-secret.ts'

it('is the one of a reader where the deployment says so', () => {
  expect(databaseSecret({ SKYREEL_DB: 'read' })).toBe('database-url-read')
})
it('is the one that may write elsewhere', () => {
  expect(databaseSecret({})).toBe('database-url')
})
