import { describe, expect, it } from 'vitest'
import { synthAws } from './testing/synth.ts'

describe('the stack of AWS', () => {
  it('keeps its state in S3, encrypted, and locks it by an object', async () => {
    const { json } = await synthAws()
    expect(json.terraform.backend.s3).toMatchObject({
      ...{ key: 'stacks/aws-dev.tfstate', encrypt: true, use_lockfile: true, region: 'eu-central-1' },
      allowed_account_ids: ['111111111111'],
    })
  })
  it('keeps the state of a preview beside those of its environment', async () => {
    const [home, preview] = [await synthAws(), await synthAws({ preview: 'pr-12' })]
    const stores = [home, preview].map(({ json }) => json.terraform.backend.s3.bucket)
    expect([stores[0] === stores[1], preview.json.terraform.backend.s3.key]).toEqual([
      true,
      'previews/aws-dev-pr-12.tfstate',
    ])
  })
  it('refuses any other account', async () => {
    const { json } = await synthAws()
    const accounts = json.provider.aws.map(
      (one: { allowed_account_ids: string[] }) => one.allowed_account_ids,
    )
    expect(accounts).toEqual([['111111111111'], ['111111111111']])
  })
  it('is the same text each time', async () => {
    const [one, other] = [await synthAws(), await synthAws()]
    expect(JSON.stringify(other.json)).toBe(JSON.stringify(one.json))
  })
  it('holds no value of a secret', async () => {
    const types = Object.keys((await synthAws()).json.resource)
    expect(types.filter((type) => /secret_version|ssm_parameter|iam_access_key/.test(type))).toEqual([])
  })
})
