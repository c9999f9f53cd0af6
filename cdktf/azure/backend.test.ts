import { describe, expect, it } from 'vitest'
import { dev } from '../config/dev.ts'
import { synthesized } from './testing/synth.ts'

const stack = await synthesized()
const { subscription_id: bound, storage_use_azuread: byTokens } = stack.json.provider.azurerm[0]

describe('the stack of Azure', () => {
  it('keeps its state under its own id, by tokens alone', () => {
    const { key, use_azuread_auth: tokens } = stack.json.terraform.backend.azurerm
    expect([key, tokens]).toEqual(['stacks/azure-dev.tfstate', true])
  })
  it('goes to the subscription of the config by both providers', () => {
    const [{ subscription_id: other }] = stack.json.provider.azapi
    expect([bound, other]).toEqual([dev.azure.subscriptionId, dev.azure.subscriptionId])
  })
  it('reaches stores without keys', () => {
    expect(byTokens).toBe(true)
  })
  it.each([
    ['dev', false],
    ['prod', true],
  ] as const)('of %s: a group with more than ours in it is kept: %s', async (environment, isKept) => {
    const { features } = (await synthesized({ environment })).json.provider.azurerm[0]
    expect(features[0].resource_group[0].prevent_deletion_if_contains_resources).toBe(isKept)
  })
  it('gives no account but that of the films a key', () => {
    const keyed = Object.entries(stack.all('azurerm_storage_account'))
      .filter(([, { shared_access_key_enabled: keys }]) => keys)
      .map(([id]) => id)
    expect(keyed).toEqual(['data'])
  })
  it('tells no secret of the account in an output', () => {
    expect(JSON.stringify(stack.json.output)).not.toContain('access_key')
  })
  it('takes parts of films from our pages and shows them the etag', () => {
    const [{ cors_rule: rules }] = [stack.one('azurerm_storage_account', 'data').blob_properties].flat()
    expect(rules[0]).toMatchObject({
      allowed_origins: ['https://azure.video.dev.example.com'],
      allowed_methods: ['PUT'],
      exposed_headers: ['etag'],
    })
  })
})
