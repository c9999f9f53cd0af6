import { describe, expect, it } from 'vitest'
import { appsOf } from './settings-names.ts'
import { reference, settingsOf, siteOf, synthesized } from './testing/synth.ts'

const stack = await synthesized()
const apps = stack.plan.filter(({ kind }) => kind !== 'job').flatMap(appsOf)
const scaleOf = async (change: { memoryMb?: number; concurrency?: number }) => {
  const changed = await synthesized({
    change: (fn) => (fn.name === 'thumbnails' ? { ...fn, ...change } : fn),
  })
  return siteOf(changed, 'thumbnails').functionAppConfig.scaleAndConcurrency
}

describe('a function app', () => {
  it('has a plan of its own, since Flex Consumption lets no second app into one', () => {
    const plans = apps.map((app) => siteOf(stack, app).serverFarmId)
    expect(new Set(plans).size).toBe(apps.length)
  })
  it('has a host id of its own, or two would share locks and timers', () => {
    const ids = apps.map((app) => settingsOf(stack, app).AzureFunctionsWebHost__hostid)
    expect(new Set(ids).size).toBe(apps.length)
  })
  it('has a host id that the Functions host takes, in the longest preview too', async () => {
    const longest = await synthesized({ environment: 'staging', preview: 'p1234567' })
    const ids = apps.map((app) => settingsOf(longest, app).AzureFunctionsWebHost__hostid ?? '')
    expect(ids.filter((id) => !/^[a-z0-9](-?[a-z0-9])*$/.test(id) || id.length > 32)).toEqual([])
  })
  it('names no key of the account behind the host', () => {
    const names = apps.flatMap((app) => Object.keys(settingsOf(stack, app)))
    expect(names).not.toContain('AzureWebJobsStorage')
  })
  it('has a container of its own for its code', () => {
    const { value } = siteOf(stack, 'video-api-b').functionAppConfig.deployment.storage
    expect(value).toContain(reference('azurerm_storage_container.code-video-api-b.name'))
  })
  it('has the least instance that holds its memory', async () => {
    expect((await scaleOf({ memoryMb: 513 })).instanceMemoryMB).toBe(2048)
  })
  it('may have as many instances as its manifest says, where Azure takes the bound', async () => {
    expect((await scaleOf({ concurrency: 60 })).maximumInstanceCount).toBe(60)
  })
  it('says nothing of FTP: Flex Consumption has none, and refuses a site that names its state', () => {
    expect(apps.filter((app) => 'ftpsState' in siteOf(stack, app).siteConfig)).toEqual([])
  })
  it('is the same in other letters: the platform answers `serverfarms` where it was told `serverFarms`', () => {
    const strict = apps.filter((app) => stack.one('azapi_resource', `fn-${app}`).ignore_casing !== true)
    expect(strict).toEqual([])
  })
  it('changes the policies of its passwords and makes none: they come with every site', () => {
    const policies = apps.flatMap((app) => ['ftp', 'scm'].map((kind) => `fn-${app}-no-${kind}-password`))
    expect(Object.keys(stack.all('azapi_update_resource')).sort()).toEqual(policies.sort())
  })
  it('of an API answers our own Front Door alone', () => {
    const [only] = siteOf(stack, 'video-api-a').siteConfig.ipSecurityRestrictions
    expect(only.headers['x-azure-fdid']).toEqual([
      reference('azurerm_cdn_frontdoor_profile.edge.resource_guid'),
    ])
  })
  it('of a reaction answers nobody', () => {
    const { ipSecurityRestrictions, ipSecurityRestrictionsDefaultAction } = siteOf(
      stack,
      'thumbnails',
    ).siteConfig
    expect([ipSecurityRestrictions, ipSecurityRestrictionsDefaultAction]).toEqual([[], 'Deny'])
  })
})

describe('the outputs', () => {
  it('name both apps of an API as they are called', () => {
    const { name, twin } = stack.json.output.functions.value['video-api']
    const called = ['video-api-a', 'video-api-b'].map((app) => stack.one('azapi_resource', `fn-${app}`).name)
    expect([name, twin]).toEqual(called)
  })
  it('name no second app of a reaction', () => {
    expect(stack.json.output.functions.value.thumbnails).not.toHaveProperty('twin')
  })
})
