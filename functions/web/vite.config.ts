import { fileURLToPath } from 'node:url'
import type { UserConfig } from 'vite'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** Static pages, one a folder, whose assets carry their content's hash and may be cached for ever. */
const pages: UserConfig = {
  root: here('.'),
  publicDir: false,
  logLevel: 'warn',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  // The worker of @ffmpeg/ffmpeg imports the core by URL, which only a module worker can do.
  worker: { format: 'es' },
  build: {
    target: 'es2022',
    emptyOutDir: true,
    // No data: URLs and no inline scripts, so that a strict Content-Security-Policy can stand.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // hls.js alone has 600 kB, and is loaded with the first film.
    chunkSizeWarningLimit: 900,
    rolldownOptions: {
      input: {
        watch: here('index.html'),
        plans: here('plans/index.html'),
        account: here('account/index.html'),
        studio: here('studio/index.html'),
        billing: here('studio/billing/index.html'),
      },
      // On a busy machine it would complain about the time that plugins take.
      checks: { pluginTimings: false },
    },
  },
}
export default pages
