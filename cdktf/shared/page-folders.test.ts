import { readdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { PAGE_FOLDERS } from './page-folders.ts'

/** What the CDNs of all clouds and the deployment's dry run show. */
it('the folders of pages are those of functions/web that hold an index.html', async () => {
  const web = fileURLToPath(new URL('../../functions/web', import.meta.url))
  const files = await readdir(web, { recursive: true })
  const folders = files
    .filter((file) => /(^|\/)index\.html$/.test(file))
    .map((file) => `/${file.slice(0, -'index.html'.length)}`)
  expect(folders.sort()).toEqual([...PAGE_FOLDERS].sort())
})
