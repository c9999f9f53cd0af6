import { describe, expect, it } from 'vitest'
import { placeOf } from '../shared/place.ts'
import { CONFIG } from '../shared/wanted-stacks.ts'
import { adviceAfter } from './advice.ts'

describe('the advice after a command that failed', () => {
  it.each([
    ['aws', 'aws sso login'],
    ['gcp', 'gcloud auth application-default login'],
    ['azure', 'az login'],
  ] as const)('on %s is to sign in by %s', (cloud, signIn) => {
    expect(adviceAfter('diff', placeOf(cloud, CONFIG.dev))).toContain(signIn)
  })
  it('names the command that makes the state store', () => {
    expect(adviceAfter('deploy', placeOf('gcp', CONFIG.prod))).toContain(
      'npm run deploy -- gcp prod makes it',
    )
  })
  it('says where a lock is let go', () => {
    const advice = adviceAfter('deploy', placeOf('aws', CONFIG.dev, 'pr-12'))
    expect(advice).toContain('force-unlock <id> in dist/cdktf.out/stacks/aws-dev-pr-12')
  })
})
