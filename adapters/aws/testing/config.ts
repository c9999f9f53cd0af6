import type { AwsConfig } from '../config.ts'

/** A deployment that is nowhere; each test says where the services it uses are. */
export function testConfig(more: Partial<AwsConfig> = {}): AwsConfig {
  return {
    region: 'us-east-1',
    buckets: { uploads: 'skyreel-test-uploads', media: 'skyreel-test-media' },
    bus: 'skyreel-test',
    queues: 'https://sqs.us-east-1.amazonaws.com/000000000000/skyreel-test-',
    secrets: 'skyreel/test/',
    cdn: { origin: 'https://media.example.org', keyId: 'K2JCJMDEHXQW5F', cookieDomain: 'example.org' },
    endpoints: {},
    ...more,
  }
}

/** Known to the test servers of this folder, and to nobody else. */
export const TEST_CREDENTIALS = { accessKeyId: 'AKIDTEST', secretAccessKey: 'test-secret' }
