import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { bundleLambda } from './testing/lambda-bundle.ts'

/** What Lambda reads before it can take a first event, with middy and powertools and no SDK. Half of it is the logger. */
const EAGER_BYTES = 80_000

it('loads little before the first event', async () => {
  const echo = fileURLToPath(new URL('testing/lambda-echo.ts', import.meta.url))
  await using bundle = await bundleLambda(echo)
  expect((await stat(join(bundle.folder, 'index.mjs'))).size).toBeLessThan(EAGER_BYTES)
})
