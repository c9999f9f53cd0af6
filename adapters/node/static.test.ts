import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ISOLATED, openPages, type PagesOptions } from './static.ts'

async function site(options: PagesOptions = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'skyreel-pages-'))
  const root = join(folder, 'root')
  await mkdir(join(root, 'studio'), { recursive: true })
  await mkdir(join(root, 'assets'))
  await writeFile(join(root, 'index.html'), '<h1>home</h1>')
  await writeFile(join(root, 'studio/index.html'), '<h1>studio</h1>')
  await writeFile(join(root, 'assets/app-1a2b.js'), 'run()')
  await writeFile(join(folder, 'secret.txt'), 'hush')
  await symlink(join(folder, 'secret.txt'), join(root, 'link.txt'))
  const pages = openPages(root, options)
  const get = async (path: string, headers: Record<string, string> = {}, method = 'GET') => {
    const response = await pages({ method, path, headers })
    const chunks = response?.body ? await Array.fromAsync(response.body as AsyncIterable<Uint8Array>) : []
    return response && { ...response, text: Buffer.concat(chunks).toString() }
  }
  /** The script's compressed siblings; what they hold tells them apart here. */
  const pack = async () => {
    await writeFile(join(root, 'assets/app-1a2b.js.br'), 'br')
    await writeFile(join(root, 'assets/app-1a2b.js.gz'), 'gz')
  }
  return { get, pack, root, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) }
}

it.each([
  ['/', '<h1>home</h1>', 'text/html; charset=utf-8'],
  ['/studio/', '<h1>studio</h1>', 'text/html; charset=utf-8'],
  ['/assets/app-1a2b.js', 'run()', 'text/javascript; charset=utf-8'],
])('serves %s', async (path, text, type) => {
  await using at = await site()
  const response = await at.get(path)
  expect([response?.status, response?.text, response?.headers?.['content-type']]).toEqual([200, text, type])
})
it('sends a folder without its slash to the one with it', async () => {
  await using at = await site()
  expect(await at.get('/studio')).toMatchObject({ status: 308, headers: { location: '/studio/' } })
})
it.each([
  '/none',
  '/none/',
  '/assets/',
  '/assets',
  '/../secret.txt',
  '/link.txt',
  '/index.html/x',
  `/${'x'.repeat(300)}`,
])('has no answer for %s', async (path) => {
  await using at = await site()
  expect(await at.get(path)).toBeUndefined()
})
it('has no answer for other methods', async () => {
  await using at = await site()
  expect(await at.get('/', {}, 'POST')).toBeUndefined()
})
it('answers 304 to who has the file', async () => {
  await using at = await site()
  const etag = (await at.get('/'))?.headers?.etag ?? ''
  expect(await at.get('/', { 'if-none-match': etag })).toMatchObject({ status: 304, text: '' })
})
it('answers HEAD with the length alone', async () => {
  await using at = await site()
  expect(await at.get('/', {}, 'HEAD')).toMatchObject({
    status: 200,
    headers: { 'content-length': '13' },
    text: '',
  })
})
it('lets caches keep hashed files for ever and pages not at all', async () => {
  await using at = await site()
  const cached = [await at.get('/assets/app-1a2b.js'), await at.get('/')].map(
    (r) => r?.headers?.['cache-control'],
  )
  expect(cached).toEqual(['public, max-age=31536000, immutable', 'no-cache'])
})
it('adds headers only where they are asked for', async () => {
  await using at = await site({ headers: (path) => (path.startsWith('/studio') ? ISOLATED : {}) })
  const policy = [await at.get('/studio/'), await at.get('/')].map(
    (r) => r?.headers?.['cross-origin-opener-policy'],
  )
  expect(policy).toEqual(['same-origin', undefined])
})

describe('a file with compressed siblings', () => {
  const path = '/assets/app-1a2b.js'
  it.each([
    ['gzip, deflate, br, zstd', 'br', 'br'],
    ['gzip, deflate', 'gzip', 'gz'],
    ['br;q=0, gzip;q=0.5', 'gzip', 'gz'],
    ['identity', undefined, 'run()'],
    ['*', undefined, 'run()'],
    ['', undefined, 'run()'],
  ])('is sent to who accepts %j as %s', async (accepted, encoding, text) => {
    await using at = await site()
    await at.pack()
    const response = await at.get(path, { 'accept-encoding': accepted })
    expect([response?.headers?.['content-encoding'], response?.text]).toEqual([encoding, text])
  })
  it('keeps the type of the file', async () => {
    await using at = await site()
    await at.pack()
    const response = await at.get(path, { 'accept-encoding': 'br' })
    expect(response?.headers?.['content-type']).toBe('text/javascript; charset=utf-8')
  })
  it('has an ETag for each encoding, and tells caches that they differ', async () => {
    await using at = await site()
    await at.pack()
    const all = [
      await at.get(path, { 'accept-encoding': 'br' }),
      await at.get(path, { 'accept-encoding': 'gzip' }),
    ]
    expect(new Set(all.map((r) => r?.headers?.etag)).size).toBe(2)
    expect(all.map((r) => r?.headers?.vary)).toEqual(['accept-encoding', 'accept-encoding'])
  })
  it('is sent as it is once it is newer than they are', async () => {
    await using at = await site()
    await at.pack()
    const later = new Date('2100-01-01')
    await utimes(join(at.root, path), later, later)
    expect((await at.get(path, { 'accept-encoding': 'br' }))?.text).toBe('run()')
  })
  it('is sent as it is where they lead out of the folder', async () => {
    await using at = await site()
    await symlink(join(at.root, '../secret.txt'), join(at.root, `${path}.br`))
    expect((await at.get(path, { 'accept-encoding': 'br' }))?.text).toBe('run()')
  })
})
