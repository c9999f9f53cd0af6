/** The variables of a whole deployment; what a test's servers are is laid over it. */
export const anAzureEnvironment = (): Record<string, string> => ({
  SKYREEL_STORAGE_ACCOUNT: 'skyreelprod',
  SKYREEL_BUCKET_UPLOADS: 'uploads',
  SKYREEL_BUCKET_MEDIA: 'media',
  SKYREEL_BUS: 'https://skyreel.westeurope-1.eventgrid.azure.net/api/events',
  SKYREEL_QUEUES: 'skyreel-',
  SKYREEL_SECRETS: 'https://skyreel.vault.azure.net',
  SKYREEL_CDN_ORIGIN: 'https://media.example.org',
  SKYREEL_JOB_TRANSCODE: TRANSCODE_JOB,
  SKYREEL_JOB_THUMBNAILS: THUMBNAILS_JOB,
  IDENTITY_ENDPOINT: 'http://127.0.0.1:42356/msi/token',
  IDENTITY_HEADER: 'the-header',
})

const JOBS =
  '/subscriptions/34adfa4f-cedf-4dc0-ba29-b6d1a69ab345/resourceGroups/skyreel/providers/Microsoft.App/jobs'
/** Resource ids of the container jobs. */
export const TRANSCODE_JOB = `${JOBS}/transcode`
export const THUMBNAILS_JOB = `${JOBS}/thumbnails`
