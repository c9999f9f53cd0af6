import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { BUDGET_BYTES, overBudget } from './budget.ts'
import { CLOUDS, deployedFunctions } from './build/deployed.ts'
import type { ManifestEntry } from './build/output.ts'
import { builtOnce } from './build/testing/built-once.ts'

const functions = await deployedFunctions()
let entries: ReadonlyMap<string, ManifestEntry>
beforeAll(async () => {
  const text = readFileSync(join(await builtOnce(), 'manifest.json'), 'utf8')
  const list = (JSON.parse(text) as { functions: readonly ManifestEntry[] }).functions
  entries = new Map(list.map((entry) => [entry.folder, entry]))
}, 240_000)

describe.each(CLOUDS)('on %s', (cloud) => {
  it.each(functions)('the bundle of $manifest.name keeps its budget', ({ manifest }) => {
    const entry = entries.get(`${cloud}/${manifest.name}`)
    expect(entry && overBudget(entry.sizes, manifest.bundle?.reason)).toEqual([])
  })
  it('the business code is not loaded before the first event', () => {
    const { eager, withoutSdk } = entries.get(`${cloud}/video-api`)?.sizes ?? { eager: 0, withoutSdk: 0 }
    expect(eager).toBeLessThan(withoutSdk / 2)
  })
})

describe('the budget', () => {
  it('names each part that is over it', () => {
    const sizes = { eager: BUDGET_BYTES.eager + 1, withoutSdk: BUDGET_BYTES.withoutSdk + 1, total: 1 }
    expect(overBudget(sizes)).toEqual([
      'eager has 80001 bytes, 80000 at most',
      'withoutSdk has 500001 bytes, 500000 at most',
    ])
  })
  it('takes a reason for the files that come along', () => {
    expect(overBudget({ eager: 1, withoutSdk: 1, total: 9e7 }, 'the codec')).toEqual([])
  })
  it('takes a reason for code that comes with the first call', () => {
    expect(overBudget({ eager: 1, withoutSdk: 600_000, total: 1 }, 'describes every API')).toEqual([])
  })
  it('takes no reason for what every cold start pays', () => {
    expect(overBudget({ eager: 90_000, withoutSdk: 1, total: 1 }, 'the codec')).toHaveLength(1)
  })
})
