import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestDatabase } from '../adapters/local/testing/database.ts'
import type { Video } from '../core/video/wire.ts'
import { Client, openTestPlatform, type TestPlatform } from '../functions/entry/testing/platform.ts'
import { DEMO } from './seed/account.ts'
import { type Ended, runScript } from './testing/run-script.ts'

const WANTED = ['--films', '4', '--videos', '2']

describe('npm run seed', () => {
  let at: TestPlatform
  let [first, second] = [{} as Ended, {} as Ended]
  let demo: Client
  const seed = (args: readonly string[], env: Record<string, string> = {}) =>
    runScript('seed.ts', args, { PORT: new URL(at.platform.origin).port, SKYREEL_HOME: at.home, ...env })
  const videos = async (who: Client, query = '') =>
    ((await who.call('GET', `/v1/videos${query}`)).body as { items: Video[] }).items
  beforeAll(async () => {
    at = await openTestPlatform()
    first = await seed(WANTED)
    const { email, password } = DEMO
    const { body } = await at.nobody.call('POST', '/v1/login', { email, password })
    demo = new Client(at.platform.origin, (body as { accessToken: string }).accessToken)
  }, 300_000)
  afterAll(() => at[Symbol.asyncDispose]())

  it('adds a public film, a private one, one that is refused, one for subscribers, and entries without a film', async () => {
    const seen = (await videos(demo)).map(({ status, visibility }) => `${status} ${visibility}`).sort()
    expect([first.status, seen], first.stderr).toEqual([
      0,
      [
        'failed private',
        'ready private',
        'ready public',
        'ready subscribers',
        'uploading private',
        'uploading private',
      ],
    ])
  })
  it('shows everybody the public film and the one for subscribers', async () => {
    expect((await videos(at.nobody)).map(({ title }) => title)).toEqual(['The premiere', 'Colours at dawn'])
  })
  it('gives the films chapters and captions that a player gets', async () => {
    const film = (await videos(at.nobody)).find(({ title }) => title === 'Colours at dawn')
    const { body } = await at.nobody.call('GET', `/v1/videos/${film?.id}/playback`)
    const languages = (body as { captions: { language: string }[] }).captions.map(({ language }) => language)
    expect([body, languages.sort()]).toMatchObject([
      { chapters: [{ title: 'Night' }, { startSeconds: 4 }, { startSeconds: 8 }] },
      ['de', 'en'],
    ])
  })
  it('says what to open and how to sign in', () => {
    const signIn = `${at.platform.origin}/studio/   and sign in: ${DEMO.email}, password: ${DEMO.password}`
    expect(first.stdout).toContain(signIn)
  })
  it('adds nothing the second time', async () => {
    const before = (await videos(demo)).map(({ id }) => id)
    second = await seed(WANTED)
    const after = (await videos(demo)).map(({ id }) => id)
    expect([second.status, second.stdout.includes('Nothing was missing.'), after]).toEqual([0, true, before])
  })
  it('makes a film anew whose upload was interrupted', async () => {
    const film = (await videos(demo)).find(({ title }) => title === 'Into the fractal')
    await demo.call('DELETE', `/v1/videos/${film?.id}`)
    await demo.call('POST', '/v1/videos', { title: 'Into the fractal' })
    await seed(WANTED)
    const found = (await videos(demo)).filter(({ title }) => title === 'Into the fractal')
    expect(found.map(({ status }) => status)).toEqual(['ready'])
  }, 180_000)
  it('tells how to open sign-up where it is closed', async () => {
    await using database = await openTestDatabase()
    const home = await mkdtemp(join(tmpdir(), 'skyreel-seed-test-'))
    const env = {
      PORT: '0',
      DATABASE_URL: database.url,
      SKYREEL_HOME: home,
      SKYREEL_FLAGS: 'open-signup=off',
    }
    const { status, stderr } = await seed([], env)
    await rm(home, { recursive: true, force: true })
    expect([status, stderr]).toEqual([1, expect.stringContaining('npm run flags -- on open-signup')])
  })
  it.each([
    ['--films', '201'],
    ['--videos', '-1'],
    ['--films', 'some'],
  ])('refuses %s %s before anything is started', async (...args) => {
    const { status, stderr } = await seed([`${args[0]}=${args[1]}`])
    expect([status, stderr]).toEqual([1, expect.stringContaining(`${args[0]} ${args[1]}: give a number`)])
  })
})

describe('npm run seed where nothing runs', () => {
  it('starts the platform for the time being, and says how to start it', async () => {
    await using database = await openTestDatabase()
    const home = await mkdtemp(join(tmpdir(), 'skyreel-seed-test-'))
    const env = { PORT: '0', DATABASE_URL: database.url, SKYREEL_HOME: home }
    const { status, stdout, stderr } = await runScript('seed.ts', ['--films=0', '--videos=1'], env)
    await rm(home, { recursive: true, force: true })
    expect([status, stdout], stderr).toEqual([
      0,
      expect.stringMatching(/^Added: films 0 of 0, entries without a film 1\.[\s\S]*npm start/),
    ])
  })
})
