import { beforeAll, describe, expect, it } from 'vitest'
import { type Attributes, type Synthesized, synthAws } from './testing/synth.ts'

let dev: Synthesized
beforeAll(async () => {
  dev = await synthAws()
})
const rules = (stack: Synthesized, id: string): Attributes[] =>
  stack.resource('aws_s3_bucket_lifecycle_configuration', `bucket-${id}-lifecycle`).rule
const days = (stack: Synthesized) =>
  rules(stack, 'uploads')[0]?.abort_incomplete_multipart_upload[0].days_after_initiation
const reads = (id: string): Attributes[] =>
  JSON.parse(dev.resource('aws_s3_bucket_policy', `bucket-${id}-policy`).policy).Statement.filter(
    ({ Effect }: Attributes) => Effect === 'Allow',
  )

describe('the buckets', () => {
  it('forget parts a day after the sweep would have', () => {
    expect(days(dev)).toBe(8)
  })
  it('never remove an original: it is kept as long as its video', () => {
    expect(rules(dev, 'uploads').filter((rule) => 'expiration' in rule)).toEqual([])
  })
  it('take parts from the pages’ origin alone, and show it their etags', () => {
    expect(dev.resource('aws_s3_bucket_cors_configuration', 'bucket-uploads-cors').cors_rule).toEqual([
      expect.objectContaining({
        allowed_origins: ['https://aws.video.dev.example.com'],
        allowed_methods: ['PUT'],
        expose_headers: ['ETag'],
      }),
    ])
  })
  it('of pages and films are read by the one distribution', () => {
    const sources = ['pages', 'media'].flatMap((id) => reads(id).map(({ Condition }) => Condition))
    const one = { StringEquals: { 'aws:SourceArn': `\${aws_cloudfront_distribution.cdn.arn}` } }
    expect(sources).toEqual([one, one, one, one])
  })
  it('of uploads are read by no distribution', () => {
    expect(reads('uploads')).toEqual([])
  })
  it('cannot be destroyed where data is protected', async () => {
    const prod = await synthAws({ environment: 'prod' })
    const kept = ['uploads', 'media'].map((id) => prod.resource('aws_s3_bucket', `bucket-${id}`))
    expect(kept.map(({ lifecycle, force_destroy }) => [lifecycle.prevent_destroy, force_destroy])).toEqual([
      [true, false],
      [true, false],
    ])
  })
  it('can be destroyed with all that is in them where it is not', () => {
    expect(dev.resource('aws_s3_bucket', 'bucket-media').force_destroy).toBe(true)
  })
})
