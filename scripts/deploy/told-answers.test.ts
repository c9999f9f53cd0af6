import { describe, expect, it } from 'vitest'
import { dev } from '../../cdktf/config/dev.ts'
import { CLOUDS } from '../../cdktf/shared/environment.ts'
import { placeOf } from '../../cdktf/shared/place.ts'
import { judge } from './canary-judge.ts'
import { previewsIn, removeState } from './preview-states.ts'
import { shown } from './shell.ts'
import { assumedOutputs, readOutputs } from './stack-outputs.ts'
import { stateLockIn } from './state-lock.ts'
import { terraformPids } from './stop-group.ts'

describe('the health of a release', () => {
  const bounds = { maxErrorPercent: 1, maxP95Ms: 500, minRequests: 50 }
  it.each([
    ['well', { requests: 100, errors: 1, p95Ms: 500 }],
    ['ill', { requests: 100, errors: 2, p95Ms: 100 }],
    ['ill', { requests: 100, errors: 0, p95Ms: 501 }],
    ['unknown', { requests: 49, errors: 49, p95Ms: 9000 }],
  ] as const)('is %s at %j', (is, health) => {
    expect(judge(health, bounds).is).toBe(is)
  })
  it('is unknown without a request, also where none are asked for', () => {
    expect(judge({ requests: 0, errors: 0, p95Ms: 0 }, { ...bounds, minRequests: 0 }).is).toBe('unknown')
  })
})

describe('a held state', () => {
  const SAID = `╷
│ Error: Error acquiring the state lock
│
│ Error message: operation error S3: PutObject, StatusCode: 412
│ Lock Info:
│   ID:        5b4f1d6e-6d7a-1a6c-0c3f-9c6c1f6f7b11
│   Path:      skyreel-dev-state/stacks/aws-dev.tfstate
│   Operation: OperationTypeApply
│   Who:       ana@laptop
│   Version:   1.11.4
│   Created:   2026-11-21 12:00:00.1 +0000 UTC
╵`
  it('is known by who holds it', () => {
    expect(stateLockIn(SAID)).toEqual({
      id: '5b4f1d6e-6d7a-1a6c-0c3f-9c6c1f6f7b11',
      who: 'ana@laptop',
      created: '2026-11-21 12:00:00.1 +0000 UTC',
      operation: 'OperationTypeApply',
    })
  })
  it('is known as cdktf says it, with the stack before each line', () => {
    expect(stateLockIn(SAID.replaceAll(/^/gm, 'aws-dev  '))).toEqual(stateLockIn(SAID))
  })
  it('is not seen in another error', () => {
    expect(stateLockIn('Error: no credentials')).toBeUndefined()
  })
})

describe('a command as it is shown', () => {
  it('can be pasted', () => {
    const command = { argv: ['aws', 'a b', "it's", '<x>'] as const, says: '', env: { A: '1 2' } }
    expect(shown(command)).toBe(`A='1 2' aws 'a b' 'it'\\''s' '<x>'`)
  })
  it('does not show what it is given on its input', () => {
    expect(shown({ argv: ['aws'], says: '', input: 'hunter2' })).toBe('aws < (not shown)')
  })
})

describe('Terraform in a process group', () => {
  it('is found, and its providers and others are not', () => {
    const listing =
      ' 11 10 npx\n 12 10 terraform\n 13 10 terraform-provider\n 14 9 terraform\n 15 10 /usr/bin/tofu\n'
    expect(terraformPids(listing, 10)).toEqual([12, 15])
  })
})

describe('what a stack tells', () => {
  it('names what is missing where it was applied in part', () => {
    expect(() => readOutputs('{"origin":{"value":"https://x"}}')).toThrow(/functions/)
  })
  it('is resolved for a dry run as far as the stack says it', () => {
    const stack = {
      output: { pages: { value: '$' + '{aws_s3_bucket.pages.bucket}/$' + '{aws_s3_bucket.pages.id}' } },
      resource: { aws_s3_bucket: { pages: { bucket: 'skyreel-pages' } } },
    }
    expect(assumedOutputs(JSON.stringify(stack)).pages).toBe('skyreel-pages/<aws_s3_bucket.pages.id>')
  })
})

describe('the previews in a store', () => {
  it.each([
    ['aws', '{"Contents":[{"Key":"previews/aws-dev-pr-9.tfstate","Size":1}]}'],
    ['gcp', '[{"name":"previews/gcp-dev-pr-9/default.tfstate"}]'],
    ['azure', '["previews/azure-dev-pr-9.tfstate"]'],
  ] as const)('are read from what %s says', (cloud, said) => {
    expect(previewsIn(said, placeOf(cloud, dev))).toEqual(['pr-9'])
  })
  it('are none where the store is empty', () => {
    expect(previewsIn('{}', placeOf('aws', dev))).toEqual([])
  })
  it.each(CLOUDS)('are removed on %s by the name that the backend writes', (cloud) => {
    const written = {
      aws: 'aws-dev-x.tfstate',
      gcp: 'gcp-dev-x/default.tfstate',
      azure: 'azure-dev-x.tfstate',
    }
    expect(removeState(placeOf(cloud, dev, 'x')).argv.join(' ')).toContain(`previews/${written[cloud]}`)
  })
})
