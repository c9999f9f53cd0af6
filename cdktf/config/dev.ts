import { environment } from '../shared/environment.ts'

// Every account, zone, host and address below is an example: put your own in. `npm run deploy` refuses examples.
export const dev = environment({
  name: 'dev',
  product: 'skyreel',
  owner: 'platform',
  costCentre: 'video',
  budget: { monthlyUsd: 50, alertEmails: ['platform@example.com'] },
  retention: { logDays: 14, uploadDays: 7, deadLetterDays: 7 },
  protectData: false,
  canary: { stepsPercent: [50], minutesPerStep: 1, maxErrorPercent: 1, maxP95Ms: 2000, minRequests: 50 },
  settings: {},
  aws: {
    accountId: '111111111111',
    region: 'eu-central-1',
    host: 'aws.video.dev.example.com',
    zoneId: 'Z0EXAMPLE1',
    networkCidr: '10.21.0.0/16',
  },
  gcp: {
    projectId: 'skyreel-dev-example',
    projectNumber: '111111111111',
    region: 'europe-west1',
    host: 'gcp.video.dev.example.com',
    zoneName: 'example-com',
    billingAccount: '000000-000000-000001',
  },
  azure: {
    subscriptionId: '00000000-0000-0000-0000-000000000001',
    tenantId: '00000000-0000-0000-0000-0000000000ff',
    region: 'westeurope',
    host: 'azure.video.dev.example.com',
    zoneName: 'example.com',
    zoneResourceGroup: 'dns',
  },
  neon: { region: 'aws-eu-central-1', postgresVersion: 17, maxComputeUnits: 1, historyHours: 6 },
})
