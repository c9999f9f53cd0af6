import type { BuiltFile } from './bundle.ts'
import type { Cloud, Deployed } from './deployed.ts'
import { lockedVersion } from './platform-package.ts'

/** What a platform wants beside the code. */
export async function platformFiles(cloud: Cloud, deployed: Deployed): Promise<readonly BuiltFile[]> {
  return FILES[cloud](deployed)
}

const FILES: { readonly [C in Cloud]: (deployed: Deployed) => Promise<readonly BuiltFile[]> } = {
  // The runtime finds index.mjs by the handler's name, index.handler.
  aws: async () => [],
  gcp: async ({ manifest }) => [json('package.json', await gcpPackage(manifest.name))],
  azure: async ({ manifest }) => [
    json('package.json', { name: manifest.name, ...MODULE }),
    json('host.json', hostJson(manifest)),
  ],
}

const MODULE = { version: '0.0.0', private: true, type: 'module', main: 'index.mjs' } as const
const FRAMEWORK = '@google-cloud/functions-framework'

/** The buildpack brings a framework of its own to where an ES module does not look: it must be a dependency. */
const gcpPackage = async (name: string) => ({
  name,
  ...MODULE,
  engines: { node: '24' },
  dependencies: { [FRAMEWORK]: await lockedVersion(FRAMEWORK) },
})

/**
 * A function app of one function. `messageEncoding` none: 48 KiB of text would not be 64 KiB of base64.
 * https://learn.microsoft.com/azure/azure-functions/functions-host-json
 */
function hostJson(manifest: Deployed['manifest']): object {
  return {
    version: '2.0',
    functionTimeout: clock(manifest.timeoutSeconds + ANSWER_SECONDS),
    logging: {
      applicationInsights: { samplingSettings: { isEnabled: true, excludedTypes: 'Request;Exception' } },
    },
    extensionBundle: { id: 'Microsoft.Azure.Functions.ExtensionBundle', version: '[4.*, 5.0.0)' },
    extensions: { http: { routePrefix: '' }, ...queues(manifest) },
  }
}

/** For the answer that says that the time is up. */
const ANSWER_SECONDS = 5

/**
 * A message that is thrown back more often than this goes to `<queue>-poison`, where nobody looks. The manifest's
 * attempts end sooner, with a dead letter; what is thrown beyond them is a database that cannot be reached, and
 * 120 deliveries with 30 seconds between them outlast an hour of that.
 */
const OUTAGE_DELIVERIES = 120

function queues(manifest: Deployed['manifest']): object {
  if (manifest.kind !== 'on') return {}
  return {
    queues: {
      messageEncoding: 'none',
      maxDequeueCount: manifest.attempts + OUTAGE_DELIVERIES,
      visibilityTimeout: clock(30),
      // What is bounded is heavy: twelve films at once do not fit into one instance's memory.
      ...(manifest.concurrency === undefined
        ? { batchSize: 8, newBatchThreshold: 4 }
        : { batchSize: 1, newBatchThreshold: 0 }),
    },
  }
}

/** `hh:mm:ss` of seconds. */
export function clock(seconds: number): string {
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  return parts.map((part) => String(part).padStart(2, '0')).join(':')
}

const json = (path: string, value: object): BuiltFile => ({
  path,
  bytes: Buffer.from(`${JSON.stringify(value, null, 2)}\n`),
  part: 'file',
})
