import { createHash } from 'node:crypto'
import type { Cloud, Environment } from './environment.ts'

/** One deployment: an environment on a cloud, or a preview of a branch in it. Every name is made from this. */
export interface Place {
  readonly cloud: Cloud
  readonly environment: Environment
  /** `''`, or what `previewName` made of a branch. */
  readonly preview: string
  /** `aws-dev`, or `aws-dev-pr-12` of a preview: id of the stack, and key of its state. */
  readonly stackId: string
  /** `skyreel-dev`, or `skyreel-dev-pr-12`. */
  readonly prefix: string
}

export function placeOf(cloud: Cloud, environment: Environment, preview = ''): Place {
  const tail = preview === '' ? '' : `-${preview}`
  const { name, product } = environment
  return {
    ...{ cloud, environment, preview },
    stackId: `${cloud}-${name}${tail}`,
    prefix: `${product}-${name}${tail}`,
  }
}

/** A branch's name as a part of resource names: at most ten of a-z, 0-9 and "-", the same for the same branch. */
export function previewName(branch: string): string {
  const plain = branch
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
  if (plain === '')
    throw new Error(`a preview needs a branch with letters or digits in its name, not "${branch}"`)
  if (/^[a-z]/.test(plain) && plain.length <= 10 && plain === branch) return plain
  return `p${shortHash(branch, 7)}`
}

/** Tags of AWS, labels of Google and tags of Azure: what all of them allow, small letters and digits. */
export function tagsOf({ environment, preview }: Place): Record<string, string> {
  const { product, name, owner, costCentre } = environment
  const all = { product, environment: name, owner, 'cost-centre': costCentre, 'managed-by': 'cdktf' }
  return preview === '' ? all : { ...all, preview }
}

/** The first digits of a SHA-256 in base 36: small letters and digits. */
export function shortHash(text: string, digits: number): string {
  const hex = createHash('sha256').update(text).digest('hex')
  return BigInt(`0x${hex}`).toString(36).slice(0, digits)
}
