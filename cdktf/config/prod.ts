import { environment } from '../shared/environment.ts'

// Every account, zone, host and address below is an example: put your own in. `npm run deploy` refuses examples.
export const prod = environment({
  name: 'prod',
  product: 'skyreel',
  owner: 'platform',
  costCentre: 'video',
  budget: { monthlyUsd: 2000, alertEmails: ['platform@example.com'] },
  retention: { logDays: 90, uploadDays: 7, deadLetterDays: 14 },
  protectData: true,
  canary: {
    stepsPercent: [5, 25, 50],
    minutesPerStep: 5,
    maxErrorPercent: 1,
    maxP95Ms: 2000,
    minRequests: 50,
  },
  settings: {},
  aws: {
    accountId: '333333333333',
    region: 'eu-central-1',
    host: 'aws.video.example.com',
    zoneId: 'Z0EXAMPLE3',
    networkCidr: '10.23.0.0/16',
  },
  gcp: {
    projectId: 'skyreel-prod-example',
    projectNumber: '333333333333',
    region: 'europe-west1',
    host: 'gcp.video.example.com',
    zoneName: 'example-com',
    billingAccount: '000000-000000-000003',
  },
  azure: {
    subscriptionId: '00000000-0000-0000-0000-000000000003',
    tenantId: '00000000-0000-0000-0000-0000000000ff',
    region: 'westeurope',
    host: 'azure.video.example.com',
    zoneName: 'example.com',
    zoneResourceGroup: 'dns',
  },
  neon: { region: 'aws-eu-central-1', postgresVersion: 17, maxComputeUnits: 8, historyHours: 168 },
})
