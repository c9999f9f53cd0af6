import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Plugin } from 'rolldown'
import { ROOT } from '../settings.ts'

const LIBRARY = join(ROOT, 'node_modules/@azure/functions/src/index.ts')
const BASE = join(
  ROOT,
  'node_modules/@azure/functions-extensions-base/dist/azure-functions-extensions-base.js',
)

/**
 * Takes @azure/functions from its own TypeScript, which its package holds beside the webpack build of it: that build
 * is one CommonJS module of 67 kB minified, of which an app with one trigger needs half, before its first event.
 * The base package is taken as CommonJS, since its ES module exports one object instead of names.
 */
export function azureLibrary(): Plugin {
  if (!existsSync(LIBRARY)) throw new Error('@azure/functions no longer brings its sources: bundle its dist/')
  return {
    name: 'azure-library',
    resolveId: {
      filter: { id: /^@azure\/functions(?:-extensions-base)?$/ },
      handler: (source) => (source === '@azure/functions' ? LIBRARY : BASE),
    },
  }
}
