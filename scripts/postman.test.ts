import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import type { PostmanCollection } from '../core/http/postman.ts'
import { httpFunctions } from '../functions/entry/manifests.ts'
import { type Ended, runScript } from './testing/run-script.ts'

const Pair = z.strictObject({ key: z.string(), value: z.string(), disabled: z.optional(z.boolean()) })
const Auth = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('noauth') }),
  z.strictObject({
    type: z.literal('bearer'),
    bearer: z.array(
      z.strictObject({ key: z.literal('token'), value: z.string(), type: z.literal('string') }),
    ),
  }),
])
const Body = z.discriminatedUnion('mode', [
  z.strictObject({
    mode: z.literal('raw'),
    raw: z.string(),
    options: z.strictObject({ raw: z.strictObject({ language: z.literal('json') }) }),
  }),
  z.strictObject({ mode: z.literal('file'), file: z.strictObject({ src: z.string() }) }),
])
const Request = z.strictObject({
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
  description: z.optional(z.string()),
  auth: z.optional(Auth),
  header: z.array(Pair),
  url: z.strictObject({
    raw: z.string().check(z.regex(/^\{\{baseUrl\}\}\/\S*$/)),
    host: z.tuple([z.literal('{{baseUrl}}')]),
    path: z.array(z.string()),
    query: z.optional(z.array(Pair)),
    variable: z.optional(z.array(Pair)),
  }),
  body: z.optional(Body),
})
const Script = z.strictObject({
  listen: z.literal('test'),
  script: z.strictObject({ type: z.literal('text/javascript'), exec: z.array(z.string()) }),
})
const Item = z.strictObject({
  name: z.string().check(z.minLength(1)),
  request: Request,
  event: z.optional(z.array(Script)),
  response: z.array(z.unknown()),
})
/** The part of Postman's own schema (collection 2.1.0) that is used here, with its required fields. */
const Collection = z.strictObject({
  info: z.strictObject({
    name: z.string().check(z.minLength(1)),
    description: z.optional(z.string()),
    schema: z.literal('https://schema.getpostman.com/json/collection/v2.1.0/collection.json'),
  }),
  auth: Auth,
  variable: z.array(Pair),
  item: z.array(z.strictObject({ name: z.string(), item: z.array(Item).check(z.minLength(1)) })),
})

describe('npm run postman', () => {
  let folder = ''
  let ended: Ended
  let written: PostmanCollection
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'skyreel-postman-'))
    const file = 'new/api.json'
    ended = await runScript('postman.ts', [file], { PORT: '8099', INIT_CWD: folder })
    written = JSON.parse(await readFile(join(folder, file), 'utf8'))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  it('writes a request for every route of the API and no other', () => {
    const requests = written.item.flatMap(({ item }) =>
      item.map(({ request: { method, url } }) => `${method} /${url.path.join('/')}`),
    )
    const routes = httpFunctions.flatMap((fn) => fn.routes.map(({ method, path }) => `${method} ${path}`))
    expect(requests.sort()).toEqual(routes.sort())
  })
  it('keeps to the form of a collection 2.1', () => {
    expect(Collection.safeParse(written).error?.issues).toBeUndefined()
  })
  it('points at the port of the platform', () => {
    expect(written.variable[0]).toEqual({ key: 'baseUrl', value: 'http://localhost:8099' })
  })
  it('says how many requests lie where', () => {
    const count = httpFunctions.flatMap((fn) => fn.routes).length
    expect(ended.stdout).toBe(`${count} requests are in ${join(folder, 'new/api.json')}\n`)
  })
  it('tells how it is used when it does not know an option', async () => {
    const { status, stderr } = await runScript('postman.ts', ['--file'])
    expect([status, stderr]).toEqual([1, expect.stringContaining('npm run postman -- [file]')])
  })
})
