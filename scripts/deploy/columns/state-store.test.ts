import { describe, expect, it } from 'vitest'
import { dev } from '../../../cdktf/config/dev.ts'
import { CLOUDS } from '../../../cdktf/shared/environment.ts'
import { placeOf } from '../../../cdktf/shared/place.ts'
import { stateStoreOf } from '../../../cdktf/shared/state-store.ts'
import { columnOn, OPEN } from './testing/columns.ts'
import { openStandIns } from './testing/stand-ins.ts'

describe.each(CLOUDS)('the store of the state on %s', (cloud) => {
  it('is made once, and a second deployment finds it', async () => {
    await using standIns = await openStandIns()
    const column = columnOn(cloud)
    await standIns.hands.runAll(column.bootstrap())
    await standIns.hands.runAll(column.bootstrap())
    const made = (await standIns.calls()).filter((call) =>
      / (create-bucket|buckets create|account create) /.test(call.join(' ')),
    )
    expect(made).toHaveLength(1)
  })

  it('bears the name under which the stack looks for its state', () => {
    const { store } = stateStoreOf(placeOf(cloud, dev))
    expect(
      columnOn(cloud)
        .bootstrap()
        .every(({ argv }) => argv.join(' ').includes(store) || argv[1] === 'group'),
    ).toBe(true)
  })

  it('is made before the stack has been applied', () => {
    expect(
      OPEN[cloud]({ place: placeOf(cloud, dev), outputs: undefined }).bootstrap().length,
    ).toBeGreaterThan(1)
  })
})

describe('the bucket of the state on AWS', () => {
  const createIn = (region: string) => {
    const environment = { ...dev, aws: { ...dev.aws, region } }
    const [create] = OPEN.aws({ place: placeOf('aws', environment), outputs: undefined }).bootstrap()
    return create?.argv.join(' ')
  }

  it('is made in the region of the stack', () => {
    expect(createIn('eu-central-1')).toContain(
      '--create-bucket-configuration LocationConstraint=eu-central-1',
    )
  })
  it('is made without a constraint in the first region, which S3 refuses as one', () => {
    expect(createIn('us-east-1')).not.toContain('--create-bucket-configuration')
  })
  it('refuses requests without TLS', async () => {
    await using standIns = await openStandIns()
    await standIns.hands.runAll(columnOn('aws').bootstrap())
    const policy = (await standIns.calls()).find((call) => call[2] === 'put-bucket-policy')
    expect(JSON.parse(policy?.[policy.indexOf('--policy') + 1] ?? '').Statement[0].Condition).toEqual({
      Bool: { 'aws:SecureTransport': 'false' },
    })
  })
})

describe('the account of the state on Azure', () => {
  it('is readable for who is signed in, who is given the role once', async () => {
    await using standIns = await openStandIns()
    await standIns.hands.runAll(columnOn('azure').bootstrap())
    expect(standIns.state.get('role Storage Blob Data Contributor of deployer@example.com')).toMatch(
      /storageAccounts\/skyreel/,
    )
  })
})

describe('the bucket of the state on Google Cloud', () => {
  it('removes versions of long ago by a rule that is read from standard input', async () => {
    await using standIns = await openStandIns()
    await standIns.hands.runAll(columnOn('gcp').bootstrap())
    const { store } = stateStoreOf(placeOf('gcp', dev))
    expect(standIns.state.get(`lifecycle of gs://${store}`)).toMatchObject({
      rule: [{ condition: { daysSinceNoncurrentTime: 90 } }],
    })
  })
})
