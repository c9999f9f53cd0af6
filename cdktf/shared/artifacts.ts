import type { Cloud } from './environment.ts'

// Terraform reads what `npm run build` made when it plans, so synthesis needs no build and gives the same bytes with and
// without one. Paths are relative to the stack's folder, dist/cdktf.out/stacks/<stack>.

const DIST = `\${path.module}/../../..`

/** Path of a function's zip. */
export const zipPath = (cloud: Cloud, fn: string): string => `${DIST}/${cloud}/${fn}.zip`
/** An expression: what Lambda compares to know whether the code has changed. */
export const zipHashBase64 = (cloud: Cloud, fn: string): string =>
  `\${filebase64sha256("${zipPath(cloud, fn)}")}`
/** An expression: the zip's SHA-256, 64 hexadecimal digits. */
export const zipHash = (cloud: Cloud, fn: string): string => `\${filesha256("${zipPath(cloud, fn)}")}`
/** An expression: the tag of the media image, 16 hexadecimal digits of the hash of its context. */
export const IMAGE_TAG = `\${jsondecode(file("${DIST}/manifest.json")).media.tag}`
