import { describe, expect, it } from 'vitest'
import { CLOUDS } from './environment.ts'
import { examplesIn } from './examples.ts'
import { CONFIG } from './wanted-stacks.ts'

const ours = {
  ...CONFIG.dev,
  budget: { monthlyUsd: 50, alertEmails: ['video@skyreel.io'] },
  aws: {
    ...CONFIG.dev.aws,
    accountId: '123412341234',
    host: 'video.skyreel.io',
    zoneId: 'Z0123456789ABCDEFGHIJ',
  },
}

describe('examples in a config', () => {
  it('are every account, host and address of the config that comes with the checkout', () => {
    expect(CLOUDS.map((cloud) => examplesIn(CONFIG.dev, cloud))).toEqual([
      ['budget.alertEmails.0', 'aws.accountId', 'aws.host', 'aws.zoneId'],
      [
        'budget.alertEmails.0',
        'gcp.projectId',
        'gcp.projectNumber',
        'gcp.host',
        'gcp.zoneName',
        'gcp.billingAccount',
      ],
      ['budget.alertEmails.0', 'azure.subscriptionId', 'azure.tenantId', 'azure.host', 'azure.zoneName'],
    ])
  })
  it('of other clouds do not stand in the way', () => {
    expect(examplesIn(ours, 'aws')).toEqual([])
  })
  it('are told from values of ones own that hold the word', () => {
    const host = 'example.skyreel.io'
    expect(examplesIn({ ...ours, aws: { ...ours.aws, host } }, 'aws')).toEqual([])
  })
})
