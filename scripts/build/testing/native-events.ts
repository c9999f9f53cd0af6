/** What a platform may send to any function that reacts to events, whatever it listens to. */
export interface NativeEvents {
  /** Of somebody else's bucket: taken, and of no concern. Needs the business code, and no database. */
  readonly ofNoConcern: unknown
  /** No event at all: wants to be kept as a dead letter, for which there is no database here. */
  readonly unreadable: unknown
}

const S3_RECORD = {
  eventVersion: '2.1',
  eventSource: 'aws:s3',
  awsRegion: 'eu-central-1',
  eventTime: '2026-01-02T03:04:05.678Z',
  eventName: 'ObjectCreated:Put',
  s3: {
    s3SchemaVersion: '1.0',
    bucket: { name: 'somebody-elses', arn: 'arn:aws:s3:::somebody-elses' },
    object: { key: 'x.mp4', size: 1, eTag: 'd41d8cd98f00b204e9800998ecf8427e', sequencer: '1f' },
  },
}

export const lambdaEvents: NativeEvents = {
  ofNoConcern: { Records: [S3_RECORD] },
  unreadable: {
    Records: [
      {
        ...{ messageId: 'm-1', receiptHandle: 'r-1', body: 'hello', eventSource: 'aws:sqs' },
        attributes: { ApproximateReceiveCount: '1' },
        eventSourceARN: 'arn:aws:sqs:eu-central-1:123456789012:skyreel-x',
      },
    ],
  },
}

/** The headers and the body of a CloudEvent's POST. */
export const cloudEvents: NativeEvents = {
  ofNoConcern: {
    type: 'google.cloud.storage.object.v1.finalized',
    data: { bucket: 'somebody-elses', name: 'x.mp4', size: '1', generation: '31', etag: 'abc' },
  },
  unreadable: {
    type: 'google.cloud.pubsub.topic.v1.messagePublished',
    data: { message: { data: 'aGVsbG8=', messageId: '1' }, subscription: 'projects/p/subscriptions/s' },
  },
}

export const gridEvents: NativeEvents = {
  ofNoConcern: {
    ...{ specversion: '1.0', id: 'e-1', type: 'Microsoft.Storage.BlobCreated' },
    source: '/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/a',
    subject: '/blobServices/default/containers/somebody-elses/blobs/x.mp4',
    time: '2026-01-02T03:04:05.678Z',
    data: {
      api: 'PutBlob',
      contentLength: 1,
      eTag: '0x1',
      sequencer: '1f',
      url: 'https://a/somebody-elses/x.mp4',
    },
  },
  unreadable: { hello: 'there' },
}

/** Payload 2.0 of API Gateway. */
export const httpApi = (rawPath: string) => ({
  ...{ version: '2.0', routeKey: '$default', rawPath, rawQueryString: '', isBase64Encoded: false },
  headers: { host: 'api.example.org', accept: 'application/json' },
  requestContext: {
    ...{ accountId: '123456789012', apiId: 'api', domainName: 'api.example.org', stage: '$default' },
    ...{
      requestId: 'JKJaXmPLvHcESHA=',
      routeKey: '$default',
      time: '02/Jan/2026:03:04:05 +0000',
      timeEpoch: 1,
    },
    http: { method: 'GET', path: rawPath, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'smoke' },
  },
})
