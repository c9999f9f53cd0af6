import { environment } from '../shared/environment.ts'

// Every account, zone, host and address below is an example: put your own in. `npm run deploy` refuses examples.
export const staging = environment({
  name: 'staging',
  product: 'skyreel',
  owner: 'platform',
  costCentre: 'video',
  budget: { monthlyUsd: 200, alertEmails: ['platform@example.com'] },
  retention: { logDays: 30, uploadDays: 7, deadLetterDays: 14 },
  protectData: false,
  canary: { stepsPercent: [10, 50], minutesPerStep: 2, maxErrorPercent: 1, maxP95Ms: 2000, minRequests: 50 },
  settings: {},
  aws: {
    accountId: '222222222222',
    region: 'eu-central-1',
    host: 'aws.video.staging.example.com',
    zoneId: 'Z0EXAMPLE2',
    networkCidr: '10.22.0.0/16',
  },
  gcp: {
    projectId: 'skyreel-staging-example',
    projectNumber: '222222222222',
    region: 'europe-west1',
    host: 'gcp.video.staging.example.com',
    zoneName: 'example-com',
    billingAccount: '000000-000000-000002',
  },
  azure: {
    subscriptionId: '00000000-0000-0000-0000-000000000002',
    tenantId: '00000000-0000-0000-0000-0000000000ff',
    region: 'westeurope',
    host: 'azure.video.staging.example.com',
    zoneName: 'example.com',
    zoneResourceGroup: 'dns',
  },
  neon: { region: 'aws-eu-central-1', postgresVersion: 17, maxComputeUnits: 2, historyHours: 24 },
})
