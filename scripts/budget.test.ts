import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Manifest } from '../core/run/function.ts'
import { BUDGET_BYTES, bundleBytes } from './budget.ts'
import { ROOT } from './settings.ts'

const NO_DOMAIN = new Set(['entry', 'web'])
const FUNCTIONS = join(ROOT, 'functions')

const files = readdirSync(FUNCTIONS)
  .filter((domain) => !NO_DOMAIN.has(domain))
  .flatMap((domain) => readdirSync(join(FUNCTIONS, domain)).map((name) => join(domain, name)))
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))

describe('the bundle of', () => {
  it.each(files)('%s keeps its budget', async (file) => {
    const { default: manifest } = (await import(join(FUNCTIONS, file))) as { default: Manifest }
    expect(await bundleBytes(join(FUNCTIONS, file))).toBeLessThanOrEqual(BUDGET_BYTES[manifest.kind])
  })
  it('a function is measured with its libraries', async () => {
    expect(await bundleBytes(join(FUNCTIONS, 'video/media-uploaded.ts'))).toBeGreaterThan(20_000)
  })
})
