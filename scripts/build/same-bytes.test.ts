import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ROOT } from '../settings.ts'
import type { ManifestEntry } from './output.ts'
import { builtOnce } from './testing/built-once.ts'

const SOURCES = ['core', 'events', 'adapters', 'functions', 'scripts', 'package.json', 'package-lock.json']
const SAMPLE = ['video-api', 'identity-api', 'media-uploaded', 'outbox-sweep']

const zips = (folder: string) => {
  const text = readFileSync(join(folder, 'manifest.json'), 'utf8')
  const { functions } = JSON.parse(text) as { functions: readonly ManifestEntry[] }
  const sample = functions.filter((entry) => SAMPLE.some((name) => entry.folder.endsWith(`/${name}`)))
  return sample.map((entry) => [entry.zip.path, entry.zip.sha256])
}

let built = ''
beforeAll(async () => {
  built = await builtOnce()
}, 240_000)

/** Hard links: the packages of a checkout are a gigabyte, and a link to their folder would be followed back. */
function otherCheckout(parent: string): string {
  const folder = join(parent, 'another/place')
  mkdirSync(folder, { recursive: true })
  for (const name of SOURCES)
    cpSync(join(ROOT, name), join(folder, name), {
      recursive: true,
      filter: (path) => !path.includes('/node_modules') && !path.includes('/testing'),
    })
  execFileSync('cp', ['-al', join(ROOT, 'node_modules'), folder])
  return folder
}

describe('a checkout that lies somewhere else', () => {
  let parent = ''
  beforeAll(() => {
    mkdirSync(join(ROOT, 'dist'), { recursive: true })
    parent = mkdtempSync(join(ROOT, 'dist/.checkout-'))
  })
  afterAll(() => rmSync(parent, { recursive: true, force: true }))

  it('makes the same bytes', () => {
    const folder = otherCheckout(parent)
    const options = SAMPLE.flatMap((name) => ['--function', name])
    const made = spawnSync(process.execPath, ['scripts/build.ts', ...options], {
      cwd: folder,
      encoding: 'utf8',
    })
    if (!existsSync(join(folder, 'dist/manifest.json'))) throw new Error(made.stderr)
    expect(zips(join(folder, 'dist'))).toEqual(zips(built))
  }, 120_000)
})

it('no file tells where it was built', () => {
  const files = readdirSync(built, { recursive: true, encoding: 'utf8' }).filter((path) =>
    /\.(?:mjs|map|json)$/.test(path),
  )
  const tells = files.filter(
    (path) => !path.includes('node_modules') && readFileSync(join(built, path), 'utf8').includes(ROOT),
  )
  expect(tells).toEqual([])
})
