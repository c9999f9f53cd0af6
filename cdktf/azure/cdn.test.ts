import { describe, expect, it } from 'vitest'
import { pagePolicy } from '../../functions/entry/page-policy.ts'
import { NAMED_FOLDERS, withoutSlash } from '../shared/page-folders.ts'
import { type Arguments, reference, synthesized } from './testing/synth.ts'

const stack = await synthesized()
const routes: readonly Arguments[] = Object.values(stack.all('azurerm_cdn_frontdoor_route'))
const patterns: readonly string[] = routes.flatMap((route) => route.patterns_to_match)
const headersOf = (rules: string): Record<string, string> =>
  Object.fromEntries(
    stack
      .one('azurerm_cdn_frontdoor_rule', `rule-${rules}-headers`)
      .actions.response_header_action.map((one: Arguments) => [one.header_name, one.value]),
  )
const route = (name: string) => stack.one('azurerm_cdn_frontdoor_route', `route-${name}`)

describe('the routes', () => {
  it('are each in one place, for Front Door refuses a path that is in two', () => {
    expect(new Set(patterns).size).toBe(patterns.length)
  })
  it.each([
    '/',
    '/index.html',
    '/plans',
    '/plans/*',
    '/account',
    '/account/*',
    '/studio',
    '/studio/*',
    '/assets/*',
  ])('of %s lead to the pages', (path) => {
    expect(route('pages').patterns_to_match).toContain(path)
  })
  it('are no more than one route takes', () => {
    expect(routes.filter((one) => one.patterns_to_match.length > 25)).toEqual([])
  })
  it('of films lead to the blob store by the path that the driver signs', () => {
    const bucket = reference('azurerm_storage_container.bucket_media.name')
    expect(route('media').patterns_to_match).toEqual([`/${bucket}/*`])
  })
  it('answer under our own name alone', () => {
    expect(routes.filter((one) => one.link_to_default_domain !== false)).toEqual([])
  })
  it('are all tied to our name', () => {
    const tied = stack.one('azurerm_cdn_frontdoor_custom_domain_association', 'edge-routes')
    expect(tied.cdn_frontdoor_route_ids).toHaveLength(routes.length)
  })
  it('all bear the headers that every answer has', () => {
    const secure = reference('azurerm_cdn_frontdoor_rule_set.rules-secure.id')
    expect(routes.filter((one) => !one.cdn_frontdoor_rule_set_ids.includes(secure))).toEqual([])
  })
})

describe('what the edge keeps', () => {
  it('of films is kept by the whole query, in which the signature is', () => {
    expect(route('media').cache.query_string_caching_behavior).toBe('UseQueryString')
  })
  it('of films is kept for ten minutes, so that an ended URL soon answers nobody', () => {
    const { actions } = stack.one('azurerm_cdn_frontdoor_rule', 'rule-films-keep')
    expect([
      actions.route_configuration_override_action.cache_duration,
      route('media').cdn_frontdoor_rule_set_ids,
    ]).toEqual([
      '00:10:00',
      expect.arrayContaining([reference('azurerm_cdn_frontdoor_rule_set.rules-films.id')]),
    ])
  })
  it('of pages is compressed, since they are published without compressed siblings', () => {
    expect(route('pages').cache.compression_enabled).toBe(true)
  })
  it('is nothing of an API', () => {
    const kept = Object.entries(stack.all('azurerm_cdn_frontdoor_route')).filter(([, { cache }]) => cache)
    expect(kept.map(([id]) => id).sort()).toEqual(['route-media', 'route-pages'])
  })
})

describe('the headers', () => {
  it('let a page send films to the account of uploads and nowhere else', () => {
    const { name } = stack.one('azurerm_storage_account', 'data')
    expect(headersOf('pages')['Content-Security-Policy']).toBe(
      pagePolicy([`https://${name}.blob.core.windows.net`]),
    )
  })
  it('have no value longer than Front Door takes', () => {
    const values = Object.values({ ...headersOf('pages'), ...headersOf('secure') })
    expect(values.filter((value) => value.length > 640)).toEqual([])
  })
  it('keep browsers on TLS', () => {
    expect(headersOf('secure')['Strict-Transport-Security']).toMatch(/^max-age=\d{8}$/)
  })
})

describe('the redirects', () => {
  const rules: readonly Arguments[] = Object.values(stack.all('azurerm_cdn_frontdoor_rule'))

  it.each(NAMED_FOLDERS)('of %s without its slash lead to it', (folder) => {
    const [rule] = rules.filter(({ conditions }) =>
      conditions?.url_path_condition[0].match_values.includes(withoutSlash(folder).slice(1)),
    )
    expect(rule?.actions.url_redirect_action).toMatchObject({
      redirect_type: 'PermanentRedirect',
      destination_path: folder,
    })
  })
  it('come one after the other, for no two rules of a set may have one place', () => {
    const places = rules.map((rule) => `${rule.cdn_frontdoor_rule_set_id} ${rule.order}`)
    expect(new Set(places).size).toBe(places.length)
  })
})
