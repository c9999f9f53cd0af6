import { describe, expect, it } from 'vitest'
import { CLOUDS } from '../../../cdktf/shared/environment.ts'
import { columnOn, outputsOn } from './testing/columns.ts'
import { openStandIns } from './testing/stand-ins.ts'

const image = (cloud: (typeof CLOUDS)[number]) => ({
  repository: outputsOn(cloud).imageRepository,
  tag: '0123456789abcdef',
  context: 'dist/media',
})
const PLATFORM = { aws: 'linux/arm64', gcp: 'linux/amd64', azure: 'linux/amd64' } as const

describe.each(CLOUDS)('the media image on %s', (cloud) => {
  it('is built for the processors that its jobs run on', async () => {
    await using standIns = await openStandIns()
    await standIns.hands.runAll(columnOn(cloud).pushImage(image(cloud)))
    const { repository, tag } = image(cloud)
    expect(standIns.state.get(`image ${repository.replace(/^[^/]+\//, '')}:${tag}`)).toBe(PLATFORM[cloud])
  })

  it('is not built again where its tag is there', async () => {
    await using standIns = await openStandIns()
    await standIns.hands.runAll(columnOn(cloud).pushImage(image(cloud)))
    await standIns.hands.runAll(columnOn(cloud).pushImage(image(cloud)))
    expect((await standIns.calls()).filter((call) => call.includes('buildx'))).toHaveLength(1)
  })
})

describe('signing in to ECR', () => {
  it('hands the password from one tool to the other', async () => {
    await using standIns = await openStandIns()
    await standIns.hands.runAll(columnOn('aws').pushImage(image('aws')))
    expect(standIns.state.get('docker login')).toContain('ecr-password')
  })

  it('shows the password nowhere', async () => {
    await using standIns = await openStandIns()
    await standIns.hands.runAll(columnOn('aws').pushImage(image('aws')))
    expect(`${JSON.stringify(await standIns.calls())}${await standIns.log()}`).not.toContain('ecr-password')
  })
})
