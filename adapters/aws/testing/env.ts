/** The environment of a whole deployment; a test changes single variables. */
export const TEST_ENV = {
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'AKIDTEST',
  AWS_SECRET_ACCESS_KEY: 'test-secret',
  SKYREEL_BUCKET_UPLOADS: 'skyreel-test-uploads',
  SKYREEL_BUCKET_MEDIA: 'skyreel-test-media',
  SKYREEL_BUS: 'skyreel-test',
  SKYREEL_QUEUES: 'https://sqs.eu-central-1.amazonaws.com/000000000000/skyreel-test-',
  SKYREEL_SECRETS: 'skyreel/test/',
  SKYREEL_CDN_ORIGIN: 'https://media.example.org',
  SKYREEL_CDN_KEY_ID: 'K2JCJMDEHXQW5F',
  SKYREEL_COOKIE_DOMAIN: 'example.org',
} as const satisfies Readonly<Record<string, string>>

export const TEST_JOB_ENV = {
  SKYREEL_JOB_CLUSTER: 'skyreel-test',
  SKYREEL_JOB_TRANSCODE: 'skyreel-test-transcode',
  SKYREEL_JOB_THUMBNAILS: 'skyreel-test-thumbnails',
  SKYREEL_JOB_CONTAINER: 'job',
  SKYREEL_JOB_SUBNETS: 'subnet-1,subnet-2',
  SKYREEL_JOB_SECURITY_GROUPS: 'sg-1',
  SKYREEL_JOB_PUBLIC_IP: 'DISABLED',
} as const satisfies Readonly<Record<string, string>>
