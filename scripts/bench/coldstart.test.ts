import { describe, expect, it } from 'vitest'
import { awsHttp } from '../../adapters/aws/http.ts'
import { openTestDatabase } from '../../adapters/local/testing/database.ts'
import { openPayments } from '../../adapters/stripe/open-payments.ts'
import { knownSecrets } from '../../adapters/stripe/testing/known-secrets.ts'
import { mountRoutes } from '../../core/http/mount-routes.ts'
import type { Ports } from '../../core/ports/ports.ts'
import { CONFIG_DEFAULTS } from '../../core/run/config.ts'
import stripeWebhook from '../../functions/billing/stripe-webhook.ts'
import { ids, SILENT } from './adapters-ours.ts'
import { coldStartReport } from './coldstart-report.ts'
import { httpApiEvent } from './coldstart-runtimes.ts'
import { mustBeKept, signedWebhook, WEBHOOK_SECRETS } from './coldstart-webhook.ts'
import { figures } from './report.ts'

const NOW = new Date('2026-11-20T12:00:00Z')

describe('the figures of cold starts', () => {
  const measured = () => {
    const found = figures()
    for (const cloud of ['aws', 'gcp'])
      for (const [name, times] of Object.entries({
        empty: [100],
        'video-api': [150],
        upload: [160],
        'playback-api': [200],
        'drm-license': [120],
        'stripe-webhook': cloud === 'aws' ? [400, 500] : [300, 1600],
      }))
        for (const milliseconds of times) found.add(name, cloud, 'ms', milliseconds)
    return coldStartReport({ found, rounds: 1, clouds: ['aws', 'gcp'], peers: [] })
  }
  it('hold the slowest webhook of all clouds against two seconds', () => {
    expect(measured().ratios.webhookOverTwoSeconds).toBe(0.8)
  })
  it('leave the webhook out of what is held against an empty function', () => {
    expect(measured().ratios.overEmpty).toBe(2)
  })
  it('show the webhook over an empty function by itself', () => {
    expect(measured().ratios['stripe-webhook on gcp']).toBe(9.5)
  })
  it('show the slowest start beside the median', () => {
    expect(measured().results).toContainEqual(
      expect.objectContaining({ subject: 'stripe-webhook', case: 'gcp', median: 950, worst: 1600 }),
    )
  })
})

describe('a webhook that is measured', () => {
  const opened = async () => {
    const database = await openTestDatabase()
    let told = 0
    const clock = { now: () => NOW, sleep: () => new Promise<never>(() => undefined) }
    const bus = { publish: async () => void told++ }
    const config = { ...CONFIG_DEFAULTS, publicOrigin: 'https://api.example.org' }
    const payments = openPayments({ secrets: knownSecrets(WEBHOOK_SECRETS), clock })
    const ports = { db: database.db, bus, clock, ids, config, payments } as unknown as Ports
    const handler = awsHttp(async () => mountRoutes(stripeWebhook, ports), { log: SILENT, ids })
    const cloud = { told: () => told, refused: (): readonly string[] => [] }
    const { eventId, asked } = signedWebhook(NOW)
    return {
      ...{ eventId, asked, kept: { databaseUrl: database.url, cloud } },
      answer: async () => (await handler(httpApiEvent(asked), undefined)).statusCode,
      [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
    }
  }
  it('is answered as the measurement asks', async () => {
    await using at = await opened()
    expect(await at.answer()).toBe(at.asked.status)
  })
  it('counts as kept once its row is there and a worker was told', async () => {
    await using at = await opened()
    await at.answer()
    await expect(mustBeKept(at.kept, at.eventId, 0)).resolves.toBeUndefined()
  })
  it('does not count without its row', async () => {
    await using at = await opened()
    await expect(mustBeKept(at.kept, at.eventId, -1)).rejects.toThrow('absent')
  })
  it('does not count where no worker was told', async () => {
    await using at = await opened()
    await at.answer()
    await expect(mustBeKept(at.kept, at.eventId, 1)).rejects.toThrow('no worker')
  })
  it('does not count where a service has refused something', async () => {
    await using at = await opened()
    await at.answer()
    const cloud = { ...at.kept.cloud, refused: () => ['GET /secret'] }
    await expect(mustBeKept({ ...at.kept, cloud }, at.eventId, 0)).rejects.toThrow('GET /secret')
  })
})
