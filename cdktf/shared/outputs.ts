import type { SecretName } from './needs.ts'

/** What a stack tells the deployment, by `terraform output -json`. No secrets: a state is read by more eyes than a vault. */
export interface StackOutputs {
  /** Under which clients reach pages, API and media: `https://aws.video.example.com`. */
  readonly origin: string
  /** Repository of the media image, without a tag. */
  readonly imageRepository: string
  /** The deployed functions by their manifests' names. */
  readonly functions: Readonly<Record<string, DeployedFunction>>
  /** Where the store keeps each secret: an ARN, a resource name, or the vault's own name for it. */
  readonly secrets: Readonly<Partial<Record<SecretName, string>>>
  /** Bucket, or on Azure `account/container`, of the pages. */
  readonly pages: string
  /** CloudFront distribution, URL map, or `profile/endpoint` of Front Door: what is told that pages have changed. */
  readonly edge: string
}

export interface DeployedFunction {
  readonly kind: 'http' | 'on' | 'cron'
  /** Lambda function, Cloud Run service, or function app (of two apps the first). */
  readonly name: string
  /** Azure only: the second app of an API, which takes turns with the first. */
  readonly twin?: string
  /** AWS only: the version that was published last. */
  readonly version?: string
}
