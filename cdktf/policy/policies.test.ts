import { describe, expect, it } from 'vitest'
import { CLOUDS, type Cloud } from '../shared/environment.ts'
import { RULES } from './rules.ts'
import type { Finding, Rule, Stack } from './stack.ts'
import { synthesize } from './synthesize.ts'
import type { Seed } from './testing/seed.ts'
import { SEEDS_AWS } from './testing/seeds-aws.ts'
import { SEEDS_AZURE } from './testing/seeds-azure.ts'
import { SEEDS_GCP } from './testing/seeds-gcp.ts'

const SEEDS: Readonly<Record<Cloud, readonly Seed[]>> = { aws: SEEDS_AWS, gcp: SEEDS_GCP, azure: SEEDS_AZURE }
const stacks = await synthesize()
const of = (cloud: Cloud, name: string): Rule => {
  const rule = RULES.find((one) => one.name === name && one.on.includes(cloud))
  if (rule === undefined) throw new Error(`there is no rule "${name}" on ${cloud}`)
  return rule
}
const lines = (stack: Stack, found: readonly Finding[]) =>
  found.map(({ address, says }) => `${stack.place.stackId}: ${address} ${says}`)

describe.each(CLOUDS)('on %s', (cloud) => {
  const mine = stacks.filter(({ place }) => place.cloud === cloud)
  const prod = mine.find(({ place }) => place.environment.name === 'prod')

  it.each(RULES.filter(({ on }) => on.includes(cloud)))('$name', ({ find }) => {
    expect(mine.flatMap((stack) => lines(stack, find(stack)))).toEqual([])
  })
  it.each(SEEDS[cloud].map((seed, i) => ({ ...seed, i })))('seed $i is seen: $rule', ({ rule, breaks }) => {
    if (prod === undefined) throw new Error(`there is no ${cloud}-prod`)
    const { find } = of(cloud, rule)
    const before = lines(prod, find(prod))
    const after = lines(prod, find(breaks(prod)))
    expect(after.filter((line) => !before.includes(line))).not.toEqual([])
  })
  it('has a seed for each rule', () => {
    const seeded = new Set(SEEDS[cloud].map(({ rule }) => rule))
    const names = RULES.filter(({ on }) => on.includes(cloud)).map(({ name }) => name)
    expect(names.filter((name) => !seeded.has(name))).toEqual([])
  })
})
