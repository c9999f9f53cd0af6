import { describe, expect, it } from 'vitest'
import { placeOf } from '../../cdktf/shared/place.ts'
import { CONFIG } from '../../cdktf/shared/wanted-stacks.ts'
import { terraformOf } from './terraform.ts'
import { changesOf, driftOf, lostData, summaryOf } from './terraform-plan.ts'

const change = (address: string, actions: readonly string[], before: unknown = {}, after: unknown = {}) => ({
  address,
  type: address.split('.')[0] ?? '',
  mode: 'managed',
  change: { actions, before, after },
})
const planned = (...changes: unknown[]) => changesOf(JSON.stringify({ resource_changes: changes }))

describe('a plan', () => {
  it.each([
    [['create'], 'create'],
    [['update'], 'update'],
    [['delete'], 'delete'],
    [['delete', 'create'], 'replace'],
    [['create', 'delete'], 'replace'],
  ])('that has %j does %s', (actions, doing) => {
    expect(planned(change('aws_s3_bucket.media', actions)).map((one) => one.doing)).toEqual([doing])
  })
  it.each([[['no-op']], [['read']]])('that has %j changes nothing', (actions) => {
    expect(planned(change('aws_s3_bucket.media', actions))).toEqual([])
  })
  it('is counted in words', () => {
    const changes = planned(change('a.b', ['create']), change('a.c', ['create']), change('a.d', ['delete']))
    expect(summaryOf(changes)).toBe('2 to create, 1 to delete')
  })
  it.each([['delete'], ['replace']])('loses data by a %s of a bucket', (doing) => {
    const actions = doing === 'delete' ? ['delete'] : ['delete', 'create']
    expect(lostData(planned(change('aws_s3_bucket.media', actions)))).toHaveLength(1)
  })
  it('loses none by an update of a bucket, or without the bucket of the pages', () => {
    const changes = [change('aws_s3_bucket.media', ['update']), change('aws_s3_bucket.pages', ['delete'])]
    expect(lostData(planned(...changes))).toEqual([])
  })
})

describe('a plan that destroys', () => {
  it('reads nothing: what a data source wants may never have been made', () => {
    const terraform = terraformOf({ place: placeOf('aws', CONFIG.dev), binary: 'terraform', outdir: 'out' })
    expect(terraform.planDestroy('a.tfplan').argv).toContain('-refresh=false')
  })
})

describe('drift', () => {
  const stack = JSON.stringify({
    resource: {
      aws_lambda_alias: {
        live: { name: 'live', function_version: '1', lifecycle: { ignore_changes: ['function_version'] } },
      },
    },
  })
  const drift = (actions: readonly string[], before: unknown, after: unknown) =>
    driftOf(
      JSON.stringify({ resource_drift: [change('aws_lambda_alias.live', actions, before, after)] }),
      stack,
    )

  it('is a value that the stack sets and somebody changed', () => {
    expect(drift(['update'], { name: 'live' }, { name: 'other' })).toEqual([
      { address: 'aws_lambda_alias.live', attributes: ['name'] },
    ])
  })
  it('is a resource that is gone', () => {
    expect(drift(['delete'], { name: 'live' }, null)).toEqual([
      { address: 'aws_lambda_alias.live', attributes: [] },
    ])
  })
  it('is not what the canary moves', () => {
    expect(drift(['update'], { function_version: '1' }, { function_version: '2' })).toEqual([])
  })
  it('is not another word of a provider for nothing', () => {
    expect(drift(['update'], { name: { tags: null } }, { name: { tags: {} } })).toEqual([])
    expect(drift(['update'], { name: null }, { name: '' })).toEqual([])
  })
  it('is a list that somebody has emptied', () => {
    expect(drift(['update'], { name: ['a'] }, { name: [] })).toHaveLength(1)
  })
  it('is not what a provider computes', () => {
    expect(drift(['update'], { invoke_arn: 'a' }, { invoke_arn: 'b' })).toEqual([])
  })
})
