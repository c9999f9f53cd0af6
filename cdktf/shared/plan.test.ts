import { describe, expect, it } from 'vitest'
import { noContent } from '../../core/http/response.ts'
import { route } from '../../core/http/route.ts'
import { cron, http, job, type Manifest, on } from '../../core/run/function.ts'
import { done } from '../../core/run/verdict.ts'
import { loadManifests } from './manifests.ts'
import { planOf } from './plan.ts'

const get = (path: string) =>
  route({
    method: 'GET',
    path,
    tag: 't',
    summary: 's',
    access: 'public',
    answers: {},
    handler: async () => noContent(),
  })
const api = http({
  name: 'b-api',
  routes: [get('/v1/b'), get('/v1/a')],
  uses: { secrets: ['z', 'a'], db: 'read' },
  memoryMb: 256,
  timeoutSeconds: 10,
})
const stored = on({
  name: 'stored',
  type: 'storage.object.created',
  bucket: 'uploads',
  attempts: 5,
  uses: {},
  memoryMb: 128,
  timeoutSeconds: 60,
  handler: async () => done,
})
const sweep = cron({
  name: 'a-sweep',
  every: '1 minute',
  uses: {},
  memoryMb: 128,
  timeoutSeconds: 60,
  handler: async () => undefined,
})
const work = job({
  name: 'work',
  job: 'transcode',
  image: 'media',
  cpu: 4,
  memoryMb: 8192,
  timeoutMinutes: 60,
  uses: {},
  handler: async () => undefined,
})
const all = [work, stored as unknown as Manifest, api, sweep]

describe('the plan', () => {
  it('is sorted by name', () => {
    expect(planOf(all).map(({ name }) => name)).toEqual(['a-sweep', 'b-api', 'stored', 'work'])
  })
  it('is the same bytes whatever order things were written in', () => {
    const other = http({
      timeoutSeconds: 10,
      memoryMb: 256,
      uses: { db: 'read', secrets: ['a', 'z'] },
      routes: [get('/v1/a'), get('/v1/b')],
      name: 'b-api',
    })
    expect(JSON.stringify(planOf([sweep, other, stored as unknown as Manifest, work]))).toBe(
      JSON.stringify(planOf(all)),
    )
  })
  it('survives JSON: nothing in it is code', () => {
    expect(JSON.parse(JSON.stringify(planOf(all)))).toEqual(planOf(all))
  })
  it('lists the routes of an API as its trigger', () => {
    expect(planOf([api])[0]?.trigger).toEqual({ http: ['GET /v1/a', 'GET /v1/b'] })
  })
  it('names event, bucket and attempts of a reaction', () => {
    expect(planOf([stored as unknown as Manifest])[0]?.trigger).toEqual({
      event: 'storage.object.created',
      bucket: 'uploads',
      attempts: 5,
    })
  })
  it('names the interval of a schedule', () => {
    expect(planOf([sweep])[0]?.trigger).toEqual({ every: '1 minute' })
  })
  it('gives a job its processors, its image and its limit in seconds', () => {
    expect(planOf([work])[0]).toMatchObject({
      cpu: 4,
      image: 'media',
      timeoutSeconds: 3600,
      trigger: { job: 'transcode' },
    })
  })
  it('is made of every manifest of the house', async () => {
    const names = planOf(await loadManifests()).map(({ name }) => name)
    expect(names).toEqual(expect.arrayContaining(['identity-api', 'platform-api', 'video-api']))
  })
})
