import { describe, expect, it } from 'vitest'
import { placeOf } from '../shared/place.ts'
import { CONFIG } from '../shared/wanted-stacks.ts'
import { PolicyUnreadable, policies } from './statements-aws.ts'

const saying = (statement: object) => {
  const policy = JSON.stringify({ Statement: [{ Sid: 'Most', Effect: 'Allow', ...statement }] })
  return {
    ...{ place: placeOf('aws', CONFIG.dev), plan: [] },
    json: { resource: { aws_iam_role_policy: { seed: { policy } } } },
  }
}

describe('a statement', () => {
  it.each([
    [{ NotAction: ['iam:PassRole'], Resource: ['*'] }],
    [{ Action: ['s3:GetObject'], NotResource: ['arn:aws:s3:::x'] }],
    [{ Action: ['s3:GetObject'], Resource: ['x'], NotPrincipal: { AWS: 'x' } }],
  ])('that allows all but %j is refused, since it allows what nobody has listed', (statement) => {
    expect(() => policies(saying(statement))).toThrow(PolicyUnreadable)
  })
})
