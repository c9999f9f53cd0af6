import { chromium } from 'playwright-core'
import { serveFiles } from '../../adapters/shaka/testing/clearkey-page.ts'
import { findCommand } from '../media-tools.ts'

/** A track as a player gets it, the init segment first. */
export interface Track {
  /** `video/mp4; codecs="avc1.64001e"`. */
  readonly type: string
  readonly files: readonly Uint8Array[]
}

/** Keys by their ids, both base64url, as in a licence of Clear Key. */
export type KeyGiver = (kids: readonly string[]) => Promise<Readonly<Record<string, string>>>

interface Told {
  readonly failed: readonly string[]
  readonly asked: readonly string[]
  readonly frames: number
}

const ARGS = ['--autoplay-policy=no-user-gesture-required', '--no-sandbox']

/** Plays encrypted tracks to their end: first without keys, to hear which the browser asks for. Answers the frames decoded. */
export async function decodeInChromium(tracks: readonly Track[], keysFor: KeyGiver): Promise<number> {
  const executablePath = findCommand('chromium')
  if (executablePath === undefined) throw new Error('chromium is missing, which plays protected films')
  await using stack = new AsyncDisposableStack()
  const browser = await chromium.launch({ executablePath, args: ARGS })
  stack.defer(() => browser.close())
  const names = tracks.map(({ files }, track) => files.map((_, at) => `${track}/${at}`))
  const bytes = tracks.flatMap(({ files }, track) =>
    files.map((file, at) => [`${track}/${at}`, file] as const),
  )
  const { url } = stack.use(await serveFiles(new Map(bytes)))
  const play = async (keys: Readonly<Record<string, string>>): Promise<Told> => {
    const page = await browser.newPage()
    await page.goto(url)
    const wish = { tracks: tracks.map(({ type }, track) => ({ type, urls: names[track] })), keys }
    // A failure to append is seen in the element's error.
    await page.evaluate(`void play(${JSON.stringify(wish)}).catch(() => {})`)
    await page.waitForFunction('told().ended || told().waits || failed.length > 0')
    return page.evaluate<Told>('told()')
  }
  const { asked } = await play({})
  if (asked.length === 0) throw new Error('Chromium has asked for no key: the film is not encrypted')
  const { failed, frames } = await play(inHex(await keysFor([...new Set(asked)])))
  if (failed.length > 0) throw new Error(`Chromium does not play it: ${failed.join('; ')}`)
  return frames
}

/** The page takes both in hex. */
const inHex = (keys: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(keys).map((pair) => pair.map(hexOf)))

const hexOf = (base64url: string): string => Buffer.from(base64url, 'base64url').toString('hex')
