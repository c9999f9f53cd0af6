import { expect, it } from 'vitest'
import { type Deployed, deployedFunctions } from './deployed.ts'
import { clock, platformFiles } from './platform-files.ts'

const functions = await deployedFunctions()

function named(name: string): Deployed {
  const found = functions.find(({ manifest }) => manifest.name === name)
  if (!found) throw new Error(`there is no function ${name}`)
  return found
}

async function jsonOf(cloud: 'gcp' | 'azure', name: string, path: string) {
  const file = (await platformFiles(cloud, named(name))).find((one) => one.path === path)
  return JSON.parse(Buffer.from(file?.bytes ?? []).toString())
}

it('Azure has no prefix before our paths', async () => {
  expect(await jsonOf('azure', 'video-api', 'host.json')).toMatchObject({
    extensions: { http: { routePrefix: '' } },
  })
})
it('Azure delivers a message more often than the manifest makes attempts', async () => {
  const starter = named('transcode-starter').manifest
  const { extensions } = await jsonOf('azure', 'transcode-starter', 'host.json')
  expect(extensions.queues.maxDequeueCount).toBeGreaterThan(starter.kind === 'on' ? starter.attempts : 1e9)
})
it('Azure gives an instance one message at a time where the manifest bounds the instances', async () => {
  const { extensions } = await jsonOf('azure', 'thumbnails', 'host.json')
  expect([extensions.queues.batchSize, extensions.queues.newBatchThreshold]).toEqual([1, 0])
})
it('Azure gives a function some seconds more than its own limit', async () => {
  expect((await jsonOf('azure', 'video-api', 'host.json')).functionTimeout).toBe('00:00:33')
})
it('Azure reads a queue for a reaction to the store, too, where what is replayed arrives', async () => {
  expect((await jsonOf('azure', 'media-uploaded', 'host.json')).extensions.queues.messageEncoding).toBe(
    'none',
  )
})
it('Google installs the framework in the version of the lock file', async () => {
  const { dependencies } = await jsonOf('gcp', 'video-api', 'package.json')
  expect(dependencies).toEqual({
    '@google-cloud/functions-framework': expect.stringMatching(/^\d+\.\d+\.\d+$/),
  })
})
it.each([
  [5, '00:00:05'],
  [65, '00:01:05'],
  [3600, '01:00:00'],
  [36_061, '10:01:01'],
])('%i seconds are %s', (seconds, text) => {
  expect(clock(seconds)).toBe(text)
})
