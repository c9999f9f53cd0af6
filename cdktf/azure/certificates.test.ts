import { describe, expect, it } from 'vitest'
import { dev } from '../config/dev.ts'
import { placeOf } from '../shared/place.ts'
import { ownName } from './certificates.ts'
import { reference, synthesized } from './testing/synth.ts'

const hosted = (host: string, preview = '') =>
  placeOf('azure', { ...dev, azure: { ...dev.azure, host } }, preview)

describe('the name in the zone', () => {
  it('is the host without its zone', () => {
    expect(ownName(hosted('azure.video.example.com'))).toBe('azure.video')
  })
  it('of a preview is below that of its environment', () => {
    expect(ownName(hosted('azure.video.example.com', 'pr-12'))).toBe('pr-12.azure.video')
  })
  it('is @ where the host is the zone', () => {
    expect(ownName(hosted('example.com'))).toBe('@')
  })
  it.each(['video.example.org', 'badexample.com'])('is refused for %s, which lies elsewhere', (host) => {
    expect(() => ownName(hosted(host))).toThrow(/azure\.host .* must lie in azure\.zoneName example\.com/)
  })
})

describe('the domain', async () => {
  const stack = await synthesized()
  it('is proven by a record below its own name', () => {
    const proof = stack.one('azurerm_dns_txt_record', 'domain-proof')
    expect(proof).toMatchObject({
      name: '_dnsauth.azure.video.dev',
      record: [{ value: reference('azurerm_cdn_frontdoor_custom_domain.domain.validation_token') }],
    })
  })
  it('leads to our endpoint', () => {
    expect(stack.one('azurerm_dns_cname_record', 'domain-address').record).toBe(
      reference('azurerm_cdn_frontdoor_endpoint.edge-endpoint.host_name'),
    )
  })
  it('at the head of a zone is an alias, where no CNAME may be', async () => {
    const azure = { ...dev.azure, host: 'example.com' }
    const head = await synthesized({ config: { azure } })
    expect(head.one('azurerm_dns_a_record', 'domain-address').target_resource_id).toBe(
      reference('azurerm_cdn_frontdoor_endpoint.edge-endpoint.id'),
    )
  })
})
