import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import { CLOUDS } from './deployed.ts'
import { builtOnce } from './testing/built-once.ts'

let built = ''
beforeAll(async () => {
  built = await builtOnce()
}, 240_000)

const holders = (cloud: string, path: string) =>
  readdirSync(join(built, cloud), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(built, cloud, entry.name, path)))
    .map((entry) => entry.name)

/** The chunk of a bundle whose code says this, as a URL. */
function chunkThat(folder: string, says: RegExp): string {
  const names = readdirSync(join(built, folder)).filter((name) => name.endsWith('.mjs'))
  const found = names.find((name) => says.test(readFileSync(join(built, folder, name), 'utf8')))
  if (found === undefined) throw new Error(`no chunk of ${folder} says ${says}`)
  return pathToFileURL(join(built, folder, found)).href
}

/** What a module prints in a process of its own, outside of the checkout. */
async function printed(source: string): Promise<unknown> {
  const args = ['--input-type=module', '--eval', source]
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: built, timeout: 60_000 })
  return JSON.parse(stdout)
}

describe.each(CLOUDS)('on %s', (cloud) => {
  it("argon2's binary lies beside the API that reads passwords, and nowhere else", () => {
    expect(holders(cloud, 'argon2.node')).toEqual(['identity-api'])
  })
  it("ffmpeg's WebAssembly lies beside the function that makes pictures, and nowhere else", () => {
    expect(holders(cloud, 'wasm/ffmpeg-core.wasm')).toEqual(['thumbnails'])
  })
  it('a password is hashed and verified', async () => {
    const chunk = chunkThat(`${cloud}/identity-api`, /\.\/argon2\.node/)
    const source = `
      const { hash, verify } = await import(${JSON.stringify(chunk)})
      console.log(JSON.stringify(await verify(await hash('a password'), 'a password')))`
    expect(await printed(source)).toBe(true)
  })
  it("ffmpeg's worker thread looks at what is no film", async () => {
    const chunk = chunkThat(`${cloud}/thumbnails`, /as openThumbnailer\b/)
    const limits = { durationSeconds: 60, pixels: 1e6, wallSeconds: 50, fetchBytes: 1e6, heapBytes: 3e8 }
    const source = `
      const { openThumbnailer } = await import(${JSON.stringify(chunk)})
      const film = { sizeBytes: 1000, read: async (start, end) => new Uint8Array(end - start + 1) }
      const at = { limits: ${JSON.stringify(limits)}, signal: new AbortController().signal }
      console.log(JSON.stringify(await openThumbnailer().make(film, async () => undefined, at)))`
    expect(await printed(source)).toMatchObject({ is: 'nothing' })
  })
})
