import { CloudfrontKeyGroup } from '@cdktf/provider-aws/lib/cloudfront-key-group/index.js'
import { CloudfrontPublicKey } from '@cdktf/provider-aws/lib/cloudfront-public-key/index.js'
import { DataAwsSsmParameter } from '@cdktf/provider-aws/lib/data-aws-ssm-parameter/index.js'
import { Fn } from 'cdktf'
import type { Place } from '../shared/place.ts'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'

export interface CdnKeys {
  /** What a signed URL names its key by. */
  readonly keyId: string
  readonly groupId: string
}

/** Where the deployment writes the public half of the secret `cdn-key`, before the first apply of the whole stack. */
export const publicKeyParameter = ({ prefix }: Place, name = FIRST_KEY): string => `/${prefix}/${name}`
const FIRST_KEY = 'cdn-public-key'

/**
 * Who may sign for the media: several keys while one follows another, so that what the old one signed is good to its end.
 * CloudFront keeps only the public halves, and so does the state. A new key is made before the old one goes, since the group
 * cannot be without one.
 */
export function makeCdnKeys(stack: SkyreelStack): CdnKeys {
  const { place } = stack
  const [first, ...others] = (place.environment.aws.cdnKeys ?? [FIRST_KEY]).map((name) =>
    publicKey(stack, name),
  )
  if (first === undefined) throw new Error('aws.cdnKeys names no key')
  const items = [first, ...others].map(({ id }) => id)
  const group = new CloudfrontKeyGroup(stack, 'cdn-key-group', { name: place.prefix, items })
  return { keyId: first.id, groupId: group.id }
}

/** `cdn-public-key` is `cdn-key` in the stack, `cdn-public-key-2` is `cdn-key-2`. */
function publicKey(stack: SkyreelStack, name: string): CloudfrontPublicKey {
  const { place } = stack
  const parameter = new DataAwsSsmParameter(stack, name, { name: publicKeyParameter(place, name) })
  return new CloudfrontPublicKey(stack, name.replace('-public', ''), {
    namePrefix: `${place.prefix}-`,
    // CloudFront gives the key back with a newline at its end: without ours every plan would replace it.
    encodedKey: `${Fn.trimspace(parameter.insecureValue)}\n`,
    lifecycle: { createBeforeDestroy: true },
  })
}
