import { chromium } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { testContext } from '../../adapters/local/testing/column.ts'
import type { OpenApi } from '../../core/http/openapi.ts'
import type { JsonSchema } from '../../core/http/openapi-schema.ts'
import type { HttpRequest } from '../../core/http/request.ts'
import type { Route } from '../../core/http/route.ts'
import { createRouter } from '../../core/http/router.ts'
import { aRequest, jsonOf } from '../../core/http/testing/request.ts'
import type { ProblemType } from '../../core/platform/wire.ts'
import type { Ports } from '../../core/ports/ports.ts'
import billingApi from '../billing/api.ts'
import paymentWebhooks from '../billing/payment-webhooks.ts'
import stripeWebhook from '../billing/stripe-webhook.ts'
import usageApi from '../billing/usage-api.ts'
import catalogApi from '../catalog/api.ts'
import drmCallback from '../drm/callback.ts'
import drmLicense from '../drm/license.ts'
import drmSpeke from '../drm/speke.ts'
import identityApi from '../identity/api.ts'
import playbackApi from '../playback/api.ts'
import videoApi from '../video/api.ts'
import platformApi from './api.ts'

const routes: readonly Route[] = [
  ...identityApi.routes,
  ...videoApi.routes,
  ...catalogApi.routes,
  ...billingApi.routes,
  ...usageApi.routes,
  ...stripeWebhook.routes,
  ...paymentWebhooks.routes,
  ...drmCallback.routes,
  ...drmLicense.routes,
  ...drmSpeke.routes,
  ...playbackApi.routes,
  ...platformApi.routes,
]
const ports = { config: { publicOrigin: 'http://localhost:8080' } } as Ports
const router = createRouter(platformApi.routes, async () => undefined)
const get = (path: string, more: Partial<HttpRequest> = {}) =>
  router.handle(aRequest('GET', path, more), ports, testContext())
const document = jsonOf(await get('/openapi.json')) as OpenApi

function refsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  const own = '$ref' in value && typeof value.$ref === 'string' ? [value.$ref] : []
  return [...own, ...Object.values(value).flatMap(refsIn)]
}
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
)

describe('/openapi.json', () => {
  it('is OpenAPI 3.1', () => {
    expect(document).toMatchObject({
      openapi: '3.1.0',
      info: { title: 'Skyreel API', version: expect.stringMatching(/^\d+\.\d+\.\d+$/) },
    })
  })
  it('describes every route of every API', () => {
    const described = operations.map(({ method, path }) => `${method.toUpperCase()} ${path}`).sort()
    expect(described).toEqual(routes.map((r) => `${r.method} ${r.path.replace(/:(\w+)/g, '{$1}')}`).sort())
  })
  it('refers only to what is there', () => {
    const missing = refsIn(document).filter(
      (ref) => !document.components.schemas[ref.replace('#/components/schemas/', '')],
    )
    expect(missing).toEqual([])
  })
  it('gives every operation its own id', () => {
    expect(new Set(operations.map(({ operation }) => operation.operationId)).size).toBe(operations.length)
  })
  it('declares each part of a path as a required parameter', () => {
    const undeclared = operations.filter(({ path, operation }) => {
      const parts = [...path.matchAll(/\{(\w+)\}/g)].map((m) => m[1])
      const declared = operation.parameters.filter((p) => p.in === 'path' && p.required).map((p) => p.name)
      return parts.join() !== declared.join()
    })
    expect(undeclared).toEqual([])
  })
  it('gives every operation a summary, a tag and a good answer', () => {
    const poor = operations.filter(
      ({ operation: o }) =>
        o.summary === '' || o.tags.length !== 1 || !Object.keys(o.responses).some((s) => /^[23]/.test(s)),
    )
    expect(poor).toEqual([])
  })
  it('files every problem under its status', () => {
    expect(
      operations.filter(({ operation }) => '4XX' in operation.responses).map(({ path }) => path),
    ).toEqual([])
  })
  it('holds no empty field schema', () => {
    const empty = (schema: JsonSchema): boolean =>
      Object.values(schema.properties ?? {}).some((p) => Object.keys(p).length === 0 || empty(p))
    expect(
      Object.entries(document.components.schemas)
        .filter(([, schema]) => empty(schema))
        .map(([name]) => name),
    ).toEqual([])
  })
  it('is not sent again to a client that has it', async () => {
    const { headers } = await get('/openapi.json')
    expect((await get('/openapi.json', { headers: { 'if-none-match': headers?.etag ?? '' } })).status).toBe(
      304,
    )
  })
})

describe('/docs', () => {
  it('shows every operation in a browser under its own content security policy, without a complaint', async () => {
    const { body, headers = {} } = await get('/docs')
    const browser = await chromium.launch({
      executablePath: '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
    })
    try {
      const page = await browser.newPage({ viewport: { width: 390, height: 844 } })
      const complaints: string[] = []
      page.on('console', (message) => complaints.push(message.text()))
      await page.route('**/*', (to) =>
        to.request().url().endsWith('/docs') ? to.fulfill({ body: String(body), headers }) : to.abort(),
      )
      await page.goto('http://docs.test/docs')
      const shown = await page.evaluate(
        '[document.querySelectorAll("article").length, getComputedStyle(document.querySelector("nav")).position, document.documentElement.scrollWidth]',
      )
      expect([shown, complaints]).toEqual([[operations.length, 'static', 390], []])
    } finally {
      await browser.close()
    }
  })
  it('links to each operation from its list', async () => {
    const html = String((await get('/docs')).body)
    const broken = [...html.matchAll(/href="#(\w+)"/g)].filter((m) => !html.includes(`id="${m[1]}"`))
    expect(broken).toEqual([])
  })
  it('gives an example that can be pasted', async () => {
    expect(String((await get('/docs')).body)).toContain(
      'curl -X POST &#39;http://localhost:8080/v1/login&#39; \\\n  -H &#39;content-type: application/json&#39;',
    )
  })
})

describe('/problems/:code', () => {
  const codes = [
    ...new Set(operations.flatMap(({ operation }) => operation['x-problems'].map(({ code }) => code))),
  ]
  it.each(codes)('explains %s', async (code) => {
    const { meanings } = jsonOf(await get(`/problems/${code}`)) as ProblemType
    expect(meanings.filter(({ meaning, operations: some }) => meaning !== '' && some.length > 0)).not.toEqual(
      [],
    )
  })
  it('names the operations that answer it', async () => {
    expect(jsonOf(await get('/problems/email-taken'))).toEqual({
      code: 'email-taken',
      meanings: [
        {
          status: 409,
          meaning: 'There is an account with this e-mail address.',
          operations: ['POST /v1/signup'],
        },
      ],
    })
  })
  it('explains what any address may answer', async () => {
    expect(jsonOf(await get('/problems/internal'))).toMatchObject({
      meanings: [{ status: 500, operations: ['any'] }],
    })
  })
  it.each(['nonsense', '__proto__', 'constructor'])('is 404 for %s', async (code) => {
    expect((await get(`/problems/${code}`)).status).toBe(404)
  })
})

describe('/healthz', () => {
  it('answers while there is no database', async () => {
    expect(jsonOf(await get('/healthz'))).toEqual({ status: 'ok' })
  })
})
