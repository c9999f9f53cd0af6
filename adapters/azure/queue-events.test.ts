import { expect, it } from 'vitest'
import { decodeAzureQueueEvents } from './queue-events.ts'

const buckets = { uploads: 'uploads', media: 'media' }
/** As Event Grid's subscription puts it into the queue: a CloudEvent in base64. */
const told = (subject: string) => {
  const data = { api: 'PutBlockList', eTag: '0x8D', contentLength: 7, sequencer: '0001', url: 'https://a/b' }
  const type = 'Microsoft.Storage.BlobCreated'
  const event = {
    specversion: '1.0',
    id: '1',
    source: '/a',
    type,
    subject,
    time: '2026-01-02T03:04:05Z',
    data,
  }
  return Buffer.from(JSON.stringify(event)).toString('base64')
}

it('takes a new film from the queue, where Event Grid tells of it', () => {
  const message = told('/blobServices/default/containers/uploads/blobs/films/vid_1/upl_1')
  expect(decodeAzureQueueEvents(message, { dequeueCount: 2 }, buckets)).toMatchObject([
    {
      is: 'event',
      attempt: 2,
      event: { data: { bucket: 'uploads', key: 'films/vid_1/upl_1', sizeBytes: 7 } },
    },
  ])
})
it('leaves a film of somebody else in the same account', () => {
  const message = told('/blobServices/default/containers/uploads-old/blobs/films/vid_1/upl_1')
  expect(decodeAzureQueueEvents(message, undefined, buckets)).toMatchObject([{ is: 'ignored' }])
})
