import { describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { openApiDocument } from './openapi.ts'
import { pageQuery } from './page.ts'
import { noContent } from './response.ts'
import { type Route, route } from './route.ts'
import { text } from './text.ts'

const Film = z.object({
  id: z.string(),
  title: z.string(),
  createdAt: z.iso.datetime(),
  tags: z.array(z.object({ name: z.string() })),
})
const FilmPage = z.object({ items: z.array(Film), nextCursor: z.optional(z.string()) })
const FilmQuery = z.strictObject({ ...pageQuery, kind: z.enum(['a', 'b']) })
const FilmCreate = z.strictObject({ title: text(1, 200), seconds: z.optional(z.int().check(z.gte(0))) })
const handler = async () => noContent()
const tag = 'Films'

const routes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/v1/films',
    tag,
    access: 'optional',
    summary: 'List',
    query: FilmQuery,
    answers: { 200: { description: 'A page', schema: FilmPage } },
    handler,
  }),
  route({
    method: 'POST',
    path: '/v1/films',
    tag,
    access: 'user',
    summary: 'Add',
    body: FilmCreate,
    bodyMaxBytes: 1000,
    answers: { 201: { description: 'Made', schema: Film } },
    problems: { 'too-many-films': '409: You have enough.', odd: 'Odd.' },
    handler,
  }),
  route({
    method: 'GET',
    path: '/v1/films/:id/cover',
    tag: 'Covers',
    access: 'public',
    summary: 'Cover',
    description: 'Long words.',
    answers: { 200: { description: 'A picture', mediaType: 'image/jpeg' } },
    handler,
  }),
  route({
    method: 'PUT',
    path: '/v1/films/:id/cover',
    tag: 'Covers',
    access: 'user',
    summary: 'Set',
    rawBody: { mediaTypes: ['image/jpeg', 'image/png'], maxBytes: 5 },
    answers: { 204: { description: 'Set' } },
    handler,
  }),
]
const info = {
  title: 'Films',
  version: '1',
  origin: 'http://localhost',
  schemas: { Film, FilmPage, FilmCreate, FilmQuery, Unused: z.object({}), notASchema: 5 },
}
const document = openApiDocument(routes, info)
const at = (path: string, method: string) => document.paths[path]?.[method]

describe('the OpenAPI document', () => {
  it('has an operation for every route and no other', () => {
    const all = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((m) => `${m} ${path}`),
    )
    expect(all).toEqual([
      'get /v1/films',
      'post /v1/films',
      'get /v1/films/{id}/cover',
      'put /v1/films/{id}/cover',
    ])
  })
  it('names operations after method and path', () => {
    expect(at('/v1/films/{id}/cover', 'put')?.operationId).toBe('putFilmsByIdCover')
  })
  it('asks for a token as the route does', () => {
    const asked = [at('/v1/films', 'post'), at('/v1/films', 'get'), at('/v1/films/{id}/cover', 'get')].map(
      (o) => o?.security,
    )
    expect(asked).toEqual([[{ bearer: [] }], [{}, { bearer: [] }], []])
  })
  it('writes path parts and query fields as parameters', () => {
    expect(at('/v1/films', 'get')?.parameters).toEqual([
      { name: 'limit', in: 'query', required: false, schema: { type: 'integer', minimum: 1, maximum: 100 } },
      { name: 'cursor', in: 'query', required: false, schema: { type: 'string', maxLength: 200 } },
      { name: 'kind', in: 'query', required: true, schema: { type: 'string', enum: ['a', 'b'] } },
    ])
  })
  it('writes the rules of a body as they hold after trimming', () => {
    expect(document.components.schemas.FilmCreate).toEqual({
      type: 'object',
      properties: {
        title: { type: 'string', minLength: 1, maxLength: 200 },
        seconds: { type: 'integer', minimum: 0 },
      },
      required: ['title'],
      additionalProperties: false,
    })
  })
  it('lets answers grow: they do not forbid fields', () => {
    expect(document.components.schemas.Film).not.toHaveProperty('additionalProperties')
  })
  it('refers to named schemas, also inside others', () => {
    const items = document.components.schemas.FilmPage?.properties?.items
    expect([at('/v1/films', 'get')?.responses['200']?.content, items]).toEqual([
      { 'application/json': { schema: { $ref: '#/components/schemas/FilmPage' } } },
      { type: 'array', items: { $ref: '#/components/schemas/Film' } },
    ])
  })
  it('holds no schema that nothing refers to, such as that of a query', () => {
    const names = Object.keys(document.components.schemas).sort()
    expect(names).toEqual(['FieldError', 'Film', 'FilmCreate', 'FilmPage', 'Problem'])
  })
  it('says which bytes a raw body may be', () => {
    expect(at('/v1/films/{id}/cover', 'put')?.requestBody).toEqual({
      required: true,
      content: { 'image/jpeg': {}, 'image/png': {} },
      'x-max-bytes': 5,
    })
  })
  it('files a problem under the status that its text begins with', () => {
    expect(at('/v1/films', 'post')?.responses['409']).toEqual({
      description: '`too-many-films`: You have enough.',
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    })
  })
  it('files a problem without status under 4XX', () => {
    expect(at('/v1/films', 'post')?.responses['4XX']?.description).toBe('`odd`: Odd.')
  })
  it.each([
    ['post', '/v1/films', ['400', '401', '413', '415', '422']],
    ['get', '/v1/films', ['401', '422']],
    ['get', '/v1/films/{id}/cover', ['404']],
    ['put', '/v1/films/{id}/cover', ['401', '403', '404', '413', '415']],
  ])('tells the common problems of %s %s', (method, path, statuses) => {
    const has = Object.keys(at(path, method)?.responses ?? {})
    expect(statuses.filter((status) => !has.includes(status))).toEqual([])
  })
})
