import type { Env } from '../config.ts'

/** What every test server of this column takes for a valid access token. */
export const TOKEN = 'ya29.test-token'

/** The variables of a whole deployment, none of which points at Google by accident: names that do not exist. */
export const anEnv = (more: Env = {}): Env => ({
  SKYREEL_GCP_PROJECT: 'demo-project',
  SKYREEL_GCP_LOCATION: 'europe-west1',
  SKYREEL_BUCKET_UPLOADS: 'demo-uploads',
  SKYREEL_BUCKET_MEDIA: 'demo-media',
  SKYREEL_BUS: 'demo-bus',
  SKYREEL_CONSUMERS: 'transcode-starter,media-uploaded',
  SKYREEL_SECRETS: 'demo-',
  SKYREEL_CDN_ORIGIN: 'https://media.example.org',
  SKYREEL_CDN_KEY_ID: 'demo-key',
  SKYREEL_COOKIE_DOMAIN: 'example.org',
  SKYREEL_JOB_TRANSCODE: 'demo-transcode',
  SKYREEL_JOB_THUMBNAILS: 'demo-thumbnails',
  SKYREEL_GCP_TOKEN: TOKEN,
  ...more,
})
