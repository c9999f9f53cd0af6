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
export const publicKeyParameter = ({ prefix }: Place): string => `/${prefix}/cdn-public-key`

/**
 * Who may sign for the media. CloudFront keeps only the public half, and so does the state. A new key is made before the
 * old one goes, since the group cannot be without one.
 */
export function makeCdnKeys(stack: SkyreelStack): CdnKeys {
  const { place } = stack
  const parameter = new DataAwsSsmParameter(stack, 'cdn-public-key', { name: publicKeyParameter(place) })
  const key = new CloudfrontPublicKey(stack, 'cdn-key', {
    namePrefix: `${place.prefix}-`,
    // CloudFront gives the key back with a newline at its end: without ours every plan would replace it.
    encodedKey: `${Fn.trimspace(parameter.insecureValue)}\n`,
    lifecycle: { createBeforeDestroy: true },
  })
  const group = new CloudfrontKeyGroup(stack, 'cdn-key-group', { name: place.prefix, items: [key.id] })
  return { keyId: key.id, groupId: group.id }
}
