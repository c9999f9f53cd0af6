import { describe, expect, it } from 'vitest'
import { dev } from '../config/dev.ts'
import { placeOf } from '../shared/place.ts'
import { routedApis } from '../shared/routes.ts'
import { appName } from './settings-names.ts'
import { type Arguments, reference, synthesized } from './testing/synth.ts'

const stack = await synthesized()
const apis = routedApis(stack.plan)
const originOf = (api: string, twin: string) =>
  stack.one('azurerm_cdn_frontdoor_origin', `origin-${api}-${twin}`)
const twins = apis.flatMap(({ name }) => ['a', 'b'].map((twin) => [name, twin] as const))

describe('the routes', () => {
  it.each(apis.flatMap(({ name, prefixes }) => prefixes.map((prefix) => [prefix, name])))(
    'of %s lead to %s, and so do all below',
    (prefix, name) => {
      const { patterns_to_match: patterns } = stack.one('azurerm_cdn_frontdoor_route', `route-api-${name}`)
      expect(patterns).toEqual(expect.arrayContaining([prefix, `${prefix}/*`]))
    },
  )
  it('of nothing lead to the API that says so', () => {
    const { patterns_to_match: patterns } = stack.one('azurerm_cdn_frontdoor_route', 'route-api-platform-api')
    expect(patterns).toContain('/*')
  })
})

describe('the two apps of an API', () => {
  it.each(twins)('%s %s: the origin asks its app by its own name', (api, twin) => {
    const host = `${appName(placeOf('azure', dev), `${api}-${twin}`)}.azurewebsites.net`
    expect(originOf(api, twin)).toMatchObject({ host_name: host, origin_host_header: host })
  })
  it.each(twins)('%s %s: the weight begins as none that the deployment has set', (api, twin) => {
    expect([1, 2, 3]).not.toContain(originOf(api, twin).weight % 10)
  })
  it.each(apis)('$name: one at least is switched on', ({ name }) => {
    expect(['a', 'b'].some((twin) => originOf(name, twin).enabled)).toBe(true)
  })
  it.each(apis)('$name: the one that is off comes after the one that is on', ({ name }) => {
    expect(originOf(name, 'b').depends_on).toEqual([`azurerm_cdn_frontdoor_origin.origin-${name}-a`])
  })
  it.each(apis)('$name: they are in one range of latency, or their weights would not count', ({ name }) => {
    const { load_balancing: by } = stack.one('azurerm_cdn_frontdoor_origin_group', `origins-${name}`)
    expect(by.additional_latency_in_milliseconds).toBe(1000)
  })
})

describe('Front Door', () => {
  const profile: Arguments = stack.one('azurerm_cdn_frontdoor_profile', 'edge')
  it('waits longer than the slowest API may take', () => {
    const slowest = Math.max(
      ...stack.plan.flatMap(({ kind, timeoutSeconds }) => (kind === 'http' ? [timeoutSeconds] : [])),
    )
    expect(profile.response_timeout_seconds).toBeGreaterThan(slowest)
  })
  it('does not wake apps to see whether they live', () => {
    const probed = Object.values(stack.all('azurerm_cdn_frontdoor_origin_group')).filter(
      ({ health_probe }) => health_probe,
    )
    expect(probed).toEqual([])
  })
  it('holds every origin in a group that is made here', () => {
    expect(originOf('video-api', 'a').cdn_frontdoor_origin_group_id).toBe(
      reference('azurerm_cdn_frontdoor_origin_group.origins-video-api.id'),
    )
  })
})
