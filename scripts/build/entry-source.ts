import { posix } from 'node:path'
import { type AzureTrigger, azureTrigger } from '../../functions/entry/azure-trigger.ts'
import { ncrontab } from '../../functions/entry/cron-forms.ts'
import type { Cloud, Deployed } from './deployed.ts'

/** Where the generated entry pretends to lie: beside the files that it joins. */
export const ENTRY_FILE = 'functions/entry/bundle-entry.ts'

/**
 * The entry of one bundle: the platform's wiring, with the manifest behind a dynamic import. Platforms want to know
 * some facts of a function before its manifest is loaded; those are written into the call.
 */
export function entrySource(cloud: Cloud, { file, manifest }: Deployed): string {
  const late = `() => import('${posix.relative('functions/entry', file)}')`
  return SOURCES[cloud](manifest, late)
}

type Source = (manifest: Deployed['manifest'], late: string) => string

const SOURCES: { readonly [C in Cloud]: Source } = {
  aws: ({ kind, name }, late) =>
    lines(
      `import { ${kind}Entry } from './aws.ts'`,
      `const entry = ${kind}Entry(${literal(name)}, ${late})`,
      'export const handler = entry.handler',
      // The same function behind a Function URL that streams; chosen by the handler's name, index.stream.
      ...(kind === 'http' ? ['export const stream = entry.stream'] : []),
    ),
  gcp: ({ kind, name }, late) =>
    lines(`import { ${kind}Entry } from './gcp.ts'`, `${kind}Entry(${literal(name)}, ${late})`),
  azure: (manifest, late) => {
    const call = AZURE_ENTRIES[azureTrigger(manifest)]
    return lines(`import { ${call} } from './azure.ts'`, `${call}(${literal(azureFacts(manifest))}, ${late})`)
  },
}

const AZURE_ENTRIES: { readonly [T in AzureTrigger]: string } = {
  http: 'httpEntry',
  timer: 'cronEntry',
  eventGrid: 'storageEntry',
  queue: 'queueEntry',
}

function azureFacts(manifest: Deployed['manifest']): object {
  const { name } = manifest
  return manifest.kind === 'cron' ? { name, schedule: ncrontab(manifest.every) } : { name }
}

const literal = (value: unknown) => JSON.stringify(value)
const lines = (...all: readonly string[]) => `${all.join('\n')}\n`
