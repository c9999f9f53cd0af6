import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { openTestDatabase } from '../../../adapters/local/testing/database.ts'
import { openLog } from '../../../adapters/node/log.ts'
import type { PlanList } from '../../../core/billing/wire.ts'
import type { Ports } from '../../../core/ports/ports.ts'
import type { Config } from '../../../core/run/config.ts'
import { startPlatform } from '../../entry/local.ts'
import { Client } from '../../entry/testing/platform.ts'
import { buildPages } from '../build.ts'

export interface Person {
  readonly email: string
  readonly password: string
  readonly client: Client
}
export interface TestPages extends AsyncDisposable {
  readonly origin: string
  readonly folder: string
  readonly ports: Ports
  /** A page of a browser of its own: nothing of another one's session. */
  open(path: string, options?: BrowserContextOptions): Promise<Page>
  /** Somebody new, known to the platform, signed in nowhere. */
  person(): Promise<Person>
  /** A page where this person is signed in. */
  openAs(person: Person, path: string, options?: BrowserContextOptions): Promise<Page>
}

const ARGS = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--autoplay-policy=no-user-gesture-required',
]

interface TestPagesOptions {
  /** With the default plans. */
  readonly sells?: boolean
  readonly config?: Partial<Config>
}

/** The whole platform with its built pages, and a real browser in front of it. */
export async function openTestPages({
  sells = false,
  config = {},
}: TestPagesOptions = {}): Promise<TestPages> {
  const stack = new AsyncDisposableStack()
  const database = stack.use(await openTestDatabase())
  const folder = await mkdtemp(join(tmpdir(), 'skyreel-pages-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  const log = openLog({ level: 'error', write: (line) => console.error(line) })
  const pagesFolder = join(folder, 'pages')
  await buildPages({ outFolder: pagesFolder, log })
  const options = { home: join(folder, 'home'), port: 0, log, databaseUrl: database.url, pagesFolder, config }
  const platform = await startPlatform({ ...options, seedPlans: sells })
  stack.defer(() => platform.stop())
  if (sells) await untilSold(platform.origin)
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ARGS })
  stack.defer(() => browser.close())
  return {
    origin: platform.origin,
    folder,
    ports: platform.ports,
    ...visitors(platform.origin, browser),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

/** The plans come by webhooks, one after the other: the dearest is the last. */
async function untilSold(origin: string): Promise<void> {
  const nobody = new Client(origin, undefined)
  for (const end = Date.now() + 60_000; ; await new Promise((r) => setTimeout(r, 100))) {
    const { items } = (await nobody.call('GET', '/v1/plans')).body as PlanList
    const whole = items.filter(
      (plan) => plan.prices.length > 0 && (plan.audience === 'viewer' || plan.metered.length >= 16),
    )
    if (whole.length === 4) return
    if (Date.now() > end) throw new Error(`waited a minute for the plans: ${JSON.stringify(items)}`)
  }
}

function visitors(origin: string, browser: Browser): Pick<TestPages, 'open' | 'person' | 'openAs'> {
  let people = 0
  const nobody = new Client(origin, undefined)
  const open = async (path: string, options: BrowserContextOptions = {}) => {
    const context = await browser.newContext({
      baseURL: origin,
      viewport: { width: 1280, height: 860 },
      locale: 'en-US',
      ...options,
    })
    const page = await context.newPage()
    page.setDefaultTimeout(30_000)
    await page.goto(path)
    return page
  }
  return {
    open,
    async person() {
      const who = { email: `person${people++}@example.org`, password: 'correct horse battery' }
      const { body } = await nobody.call('POST', '/v1/signup', who)
      return { ...who, client: new Client(origin, (body as { accessToken: string }).accessToken) }
    },
    async openAs(person, path, options) {
      const page = await open('/studio/', options)
      await signIn(page, person)
      if (path !== '/studio/') await page.goto(path)
      return page
    },
  }
}

export async function signIn(
  page: Page,
  { email, password }: Pick<Person, 'email' | 'password'>,
): Promise<void> {
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('button', { name: 'Sign out' }).waitFor()
}

const run = promisify(execFile)
/** Some seconds of moving colours with two sound tracks. */
export async function makeFilm(
  folder: string,
  { seconds = 3, name = 'film.mp4', size = '640x360' } = {},
): Promise<string> {
  const path = join(folder, name)
  const inputs = [
    '-i',
    `testsrc2=s=${size}:r=25:d=${seconds}`,
    '-i',
    `sine=f=440:d=${seconds}`,
    '-i',
    `sine=f=880:d=${seconds}`,
  ]
  const codecs = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-c:a', 'aac']
  const maps = [
    '-map',
    '0',
    '-map',
    '1',
    '-map',
    '2',
    '-metadata:s:a:0',
    'language=eng',
    '-metadata:s:a:1',
    'language=deu',
  ]
  const lavfi = inputs.flatMap((word) => (word === '-i' ? ['-f', 'lavfi', '-i'] : [word]))
  await run('ffmpeg', ['-v', 'error', '-y', ...lavfi, ...maps, ...codecs, path])
  return path
}

/** Makes a film longer than one part of an upload, by a box that players skip. */
export async function padFilm(path: string, bytes: number): Promise<void> {
  const box = Buffer.alloc(bytes)
  box.writeUInt32BE(bytes)
  box.write('free', 4)
  await writeFile(path, Buffer.concat([await readFile(path), box]))
}

/** Drops a file on the page as a person does from the desktop. */
export async function drop(page: Page, path: string): Promise<void> {
  const given = { name: basename(path), base64: (await readFile(path)).toString('base64') }
  const data = await page.evaluateHandle(({ name, base64 }) => {
    // Not by fetch of a data: URL, which the page's own policy forbids.
    const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))
    const transfer = new DataTransfer()
    transfer.items.add(new File([bytes], name, { type: 'video/mp4' }))
    return transfer
  }, given)
  await page.dispatchEvent('body', 'dragover', { dataTransfer: data })
  await page.dispatchEvent('body', 'drop', { dataTransfer: data })
}

/** How many pictures the player has really decoded. */
export function decodedFrames(page: Page): Promise<number> {
  return page
    .locator('media-controller > [slot=media]')
    .evaluate((media: HTMLVideoElement) => media.getVideoPlaybackQuality?.().totalVideoFrames ?? 0)
}
