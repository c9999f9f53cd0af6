import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openPages } from '../../../adapters/node/static.ts'
import { CLOUDS } from '../../../cdktf/shared/environment.ts'
import { PAGE_FOLDERS } from '../../../cdktf/shared/page-folders.ts'
import { pagesOf } from './pages.ts'
import { columnOn, outputsOn } from './testing/columns.ts'

const FILES = [
  'index.html',
  'studio/index.html',
  'assets/a-1.js',
  'assets/a-1.js.br',
  'assets/b.css',
  'assets/c.odd',
  '.inputs',
]
const built = () => pagesOf('dist', () => FILES)

describe('the built pages', () => {
  it('are uploaded after the assets that they name', () => {
    expect(built().groups.map(({ folder }) => folder)).toEqual(['assets', 'assets', 'assets', ''])
  })
  it('are uploaded without compressed siblings and notes of the build', () => {
    expect(
      built()
        .groups.flatMap(({ files }) => files)
        .sort(),
    ).toEqual(['assets/a-1.js', 'assets/b.css', 'assets/c.odd', 'index.html', 'studio/index.html'])
  })
  it('are asked for each time, their assets never again', () => {
    const [asset] = built().groups
    expect([asset?.cacheControl, built().groups.at(-1)?.cacheControl]).toEqual([
      'public, max-age=31536000, immutable',
      'no-cache',
    ])
  })
  it('are forgotten by the CDN under each of their paths, while media stay', () => {
    expect(built().changed).toEqual(['/index.html', '/', '/studio/index.html', '/studio/', '/studio'])
  })
  it('are shown by a dry run before the first build', () => {
    expect(pagesOf('/nowhere').changed).toEqual(expect.arrayContaining([...PAGE_FOLDERS]))
  })
  it('have the type that the local server gives them', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'skyreel-pages-'))
    await writeFile(join(folder, 'b.css'), '')
    const answer = await openPages(folder)({ method: 'HEAD', path: '/b.css', headers: {} })
    await rm(folder, { recursive: true })
    const styles = built().groups.find(({ extension }) => extension === '.css')
    expect(styles?.contentType).toBe(answer?.headers?.['content-type'])
  })
})

describe.each(CLOUDS)('publishing on %s', (cloud) => {
  const commands = columnOn(cloud)
    .publish({ outputs: outputsOn(cloud), dist: '/nowhere' })
    .map(({ argv }) => argv.join(' '))
  const at = (pattern: RegExp) => commands.findIndex((command) => pattern.test(command))

  it('tells the CDN after the last upload', () => {
    expect(at(/invalidat|purge/)).toBeGreaterThan(at(/text\/html/))
  })
  it('gives scripts the type and the time of the local server', () => {
    expect(commands.find((command) => command.includes('text/javascript; charset=utf-8'))).toContain(
      'immutable',
    )
  })
})
