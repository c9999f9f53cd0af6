import { describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { openApiDocument } from './openapi.ts'
import { postmanCollection } from './postman.ts'
import { noContent } from './response.ts'
import { route } from './route.ts'

const handler = async () => noContent()
const Tokens = z.object({ accessToken: z.string(), refreshToken: z.string() })
const routes = [
  route({
    method: 'POST',
    path: '/v1/login',
    tag: 'People',
    access: 'public',
    summary: 'Sign in',
    body: z.strictObject({ email: z.string(), password: z.string() }),
    answers: { 200: { description: 'Signed in', schema: Tokens } },
    handler,
  }),
  route({
    method: 'POST',
    path: '/v1/refresh',
    tag: 'People',
    access: 'public',
    summary: 'Go on',
    body: z.strictObject({ refreshToken: z.string() }),
    answers: { 200: { description: 'Fresh', schema: Tokens } },
    handler,
  }),
  route({
    method: 'GET',
    path: '/v1/films/:id/cuts/:cut',
    tag: 'Films',
    access: 'user',
    summary: 'Look',
    description: 'Closely.',
    query: z.strictObject({ kind: z.enum(['a', 'b']), limit: z.optional(z.string()) }),
    answers: { 200: { description: 'It', schema: z.object({ id: z.string() }) } },
    handler,
  }),
  route({
    method: 'PUT',
    path: '/v1/films/:id/cover',
    tag: 'Films',
    access: 'optional',
    summary: 'Cover',
    rawBody: { mediaTypes: ['image/jpeg', 'image/png'], maxBytes: 5 },
    answers: { 204: { description: 'Set' } },
    handler,
  }),
]
const collection = postmanCollection(
  openApiDocument(routes, {
    title: 'Films',
    version: '1',
    origin: 'http://localhost:8080',
    schemas: { Tokens },
  }),
)
const item = (name: string) => {
  const found = collection.item.flatMap((folder) => folder.item).find((one) => one.name === name)
  if (!found) throw new Error(`no request ${name}`)
  return found
}

describe('the Postman collection', () => {
  it('has a folder for each tag, with its requests', () => {
    expect(collection.item.map(({ name, item: items }) => [name, ...items.map((one) => one.name)])).toEqual([
      ['People', 'Sign in', 'Go on'],
      ['Films', 'Look', 'Cover'],
    ])
  })
  it('holds origin and tokens as variables', () => {
    expect(collection.variable).toEqual([
      { key: 'baseUrl', value: 'http://localhost:8080' },
      { key: 'accessToken', value: '' },
      { key: 'refreshToken', value: '' },
    ])
  })
  it('sends the token with every request but those that are public', () => {
    expect([collection.auth.type, item('Look').request.auth, item('Sign in').request.auth]).toEqual([
      'bearer',
      undefined,
      { type: 'noauth' },
    ])
  })
  it('writes path parts as variables and leaves optional queries switched off', () => {
    expect(item('Look').request.url).toEqual({
      raw: '{{baseUrl}}/v1/films/:id/cuts/:cut?kind=a',
      host: ['{{baseUrl}}'],
      path: ['v1', 'films', ':id', 'cuts', ':cut'],
      query: [
        { key: 'kind', value: 'a', disabled: false },
        { key: 'limit', value: '', disabled: true },
      ],
      variable: [
        { key: 'id', value: '' },
        { key: 'cut', value: '' },
      ],
    })
  })
  it('fills in an example of a JSON body', () => {
    const { body, header } = item('Sign in').request
    expect([header, body?.mode === 'raw' && JSON.parse(body.raw)]).toEqual([
      [{ key: 'content-type', value: 'application/json' }],
      { email: 'ada@example.com', password: 'a long pass phrase' },
    ])
  })
  it('refreshes with the refresh token that came last', () => {
    const { body } = item('Go on').request
    expect(body?.mode === 'raw' && JSON.parse(body.raw)).toEqual({ refreshToken: '{{refreshToken}}' })
  })
  it('asks for a file where the body is bytes', () => {
    const { body, header } = item('Cover').request
    expect([header, body]).toEqual([
      [{ key: 'content-type', value: 'image/jpeg' }],
      { mode: 'file', file: { src: '' } },
    ])
  })
  it('keeps the tokens that an answer brings, and only there runs a script', () => {
    const answer = { code: 200, json: () => ({ accessToken: 'a1', refreshToken: 'r1' }) }
    expect([kept('Sign in', answer), item('Look').event]).toEqual([
      { accessToken: 'a1', refreshToken: 'r1' },
      undefined,
    ])
  })
  it('keeps the tokens that it has where signing in fails', () => {
    expect(kept('Sign in', { code: 401, json: () => ({ accessToken: 'no' }) })).toEqual({})
  })
})

/** Runs the script of a request on an answer; the variables that it set. */
function kept(name: string, response: { code: number; json: () => unknown }): Record<string, string> {
  const variables = new Map<string, string>()
  const code = item(name).event?.[0]?.script.exec.join('\n') ?? ''
  new Function('pm', code)({ response, collectionVariables: variables })
  return Object.fromEntries(variables)
}
