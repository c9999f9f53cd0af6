import { describe, expect, it } from 'vitest'
import { synthesize } from '../policy/synthesize.ts'
import { ALL_PLACES } from '../shared/wanted-stacks.ts'
import { terraformMissing, terraformWhy } from './testing/terraform.ts'
import { validateStack } from './validate-stack.ts'

describe.skipIf(terraformMissing !== undefined)(`terraform validate${terraformWhy}`, () => {
  const stacks = terraformMissing === undefined ? synthesize() : undefined

  it.each(ALL_PLACES.map(({ stackId }) => stackId))('finds nothing in %s', async (id) => {
    const stack = (await stacks)?.find(({ place }) => place.stackId === id)
    expect(await validateStack(JSON.stringify(stack?.json))).toEqual([])
  })
})
