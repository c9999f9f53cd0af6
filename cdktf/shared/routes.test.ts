import { describe, expect, it } from 'vitest'
import { loadManifests } from './manifests.ts'
import { type PlannedFunction, planOf } from './plan.ts'
import { FALLBACK_API, routedApis } from './routes.ts'

const api = (name: string, ...http: string[]): PlannedFunction => ({
  ...{ name, kind: 'http', memoryMb: 128, timeoutSeconds: 10, uses: {} },
  trigger: { http },
})
const prefixes = (...http: string[]) => routedApis([api('a-api', ...http)])[0]?.prefixes

describe('the prefixes of an API', () => {
  it('are the first two literal segments', () => {
    expect(prefixes('GET /v1/videos/:id/frames')).toEqual(['/v1/videos'])
  })
  it('are each there once, sorted', () => {
    expect(prefixes('GET /v1/b', 'POST /v1/b', 'GET /v1/a')).toEqual(['/v1/a', '/v1/b'])
  })
  it('end before a parameter', () => {
    expect(prefixes('GET /v1/:anything')).toEqual(['/v1'])
  })
  it('may be one segment', () => {
    expect(prefixes('GET /healthz')).toEqual(['/healthz'])
  })
})

describe('the APIs behind a gateway', () => {
  it('are refused where two claim one prefix', () => {
    const two = [api('a-api', 'GET /v1/a'), api('b-api', 'POST /v1/a/more')]
    expect(() => routedApis(two)).toThrow('b-api and a-api both have routes under /v1/a')
  })
  it('leave reactions out', () => {
    const reaction = { ...api('r'), kind: 'on', trigger: { event: 'a', attempts: 1 } } as const
    expect(routedApis([reaction])).toEqual([])
  })
  it('of the house reach every route of every manifest', async () => {
    const plan = planOf(await loadManifests())
    const unreached = routedApis(plan).flatMap(({ name, prefixes: all }) => {
      const trigger = plan.find((fn) => fn.name === name)?.trigger
      const paths =
        trigger !== undefined && 'http' in trigger ? trigger.http.map((r) => r.split(' ')[1] ?? '') : []
      return paths.filter((path) => !all.some((prefix) => `${path}/`.startsWith(`${prefix}/`)))
    })
    expect(unreached).toEqual([])
  })
  it('of the house have the one that answers for unknown paths', async () => {
    const names = routedApis(planOf(await loadManifests())).map(({ name }) => name)
    expect(names).toContain(FALLBACK_API)
  })
})
