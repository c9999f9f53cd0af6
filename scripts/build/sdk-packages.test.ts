import { join } from 'node:path'
import { expect, it } from 'vitest'
import { ROOT } from '../settings.ts'
import { packageOf, sdkPackages } from './sdk-packages.ts'

const packages = sdkPackages()

it.each([
  '@aws-sdk/client-s3',
  '@google-cloud/storage',
  'gaxios',
  '@smithy/core',
  '@azure/core-client',
  'stripe',
])('%s is of an SDK', (name) => expect(packages).toContain(`node_modules/${name}`))
it.each([
  'drizzle-orm',
  'jose',
  'zod',
  '@middy/core',
  '@aws-lambda-powertools/logger',
  '@azure/functions',
  'cookie',
])('%s is ours to carry', (name) => expect(packages).not.toContain(`node_modules/${name}`))
it.each([
  ['node_modules/a/index.js', 'node_modules/a'],
  ['node_modules/@b/c/node_modules/d/x/y.js', 'node_modules/@b/c/node_modules/d'],
  ['core/run/id.ts', undefined],
])('%s lies in %s', (path, folder) => {
  expect(packageOf(join(ROOT, path))).toBe(folder)
})
