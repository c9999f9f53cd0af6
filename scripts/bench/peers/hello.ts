import type { Cloud } from '../../build/deployed.ts'

/** The smallest function of each platform, written by hand: what its runtime costs by itself. */
export const EMPTY: { readonly [C in Cloud]: string } = {
  aws: "export const handler = async () => ({ statusCode: 200, body: 'hello' })",
  gcp: "import { http } from '@google-cloud/functions-framework'\nhttp('empty', (_, res) => void res.end('hello'))",
  azure:
    "import { app } from '@azure/functions'\napp.http('empty', { route: '{*path}', methods: ['GET'], authLevel: 'anonymous', handler: async () => ({ body: 'hello' }) })",
}

/** What others say hello with on Lambda, as their own pages show it. */
export const HELLO = {
  hono: `import { Hono } from 'hono'
import { handle } from 'hono/aws-lambda'
const app = new Hono()
app.get('/hello', (c) => c.text('hello'))
export const handler = handle(app)`,
  'serverless-http and express': `import express from 'express'
import serverless from 'serverless-http'
const app = express()
app.get('/hello', (_, res) => void res.send('hello'))
export const handler = serverless(app)`,
  'powertools event-handler': `import { Router } from '@aws-lambda-powertools/event-handler/http'
const app = new Router()
app.get('/hello', () => ({ hello: 'hello' }))
export const handler = async (event, context) => app.resolve(event, context)`,
} as const
