import { describe, expect, it } from 'vitest'
import { ALL_PLACES, wantedPlaces } from './wanted-stacks.ts'

const ids = (wish: Parameters<typeof wantedPlaces>[0]) => wantedPlaces(wish).map(({ stackId }) => stackId)

describe('the stacks of a run', () => {
  it('are all nine without a wish', () => {
    expect(ids({})).toEqual([
      ...['aws-dev', 'aws-staging', 'aws-prod', 'gcp-dev', 'gcp-staging', 'gcp-prod'],
      ...['azure-dev', 'azure-staging', 'azure-prod'],
    ])
  })
  it('are those that were named, in that order', () => {
    expect(ids({ SKYREEL_STACKS: 'gcp-prod,aws-dev' })).toEqual(['gcp-prod', 'aws-dev'])
  })
  it('are refused where one is unknown, with those that there are', () => {
    expect(() => ids({ SKYREEL_STACKS: 'aws-dev,aws-test' })).toThrow(
      'there is no stack aws-test; there are aws-dev, aws-staging',
    )
  })
  it('of a preview are one on each cloud, and none of the nine', () => {
    const nine = new Set(ALL_PLACES.map(({ stackId }) => stackId))
    const preview = ids({ SKYREEL_PREVIEW: 'pr-12' })
    expect([preview, preview.filter((id) => nine.has(id))]).toEqual([
      ['aws-dev-pr-12', 'gcp-dev-pr-12', 'azure-dev-pr-12'],
      [],
    ])
  })
  it('take the empty variable for none', () => {
    expect(ids({ SKYREEL_STACKS: '', SKYREEL_PREVIEW: '' })).toHaveLength(9)
  })
})
