import { describe, expect, it } from 'vitest'
import { readAzureConfig } from '../../adapters/azure/config.ts'
import { cloudConfig } from '../../functions/entry/cloud-config.ts'
import { trustedHops } from '../../functions/entry/cloud-env.ts'
import { appsOf } from './settings-names.ts'
import { jobVariablesOf, settingsOf, synthesized } from './testing/synth.ts'

const stack = await synthesized()
const functions = stack.plan.filter(({ kind }) => kind !== 'job')
const apps = functions.flatMap(appsOf)
const jobs = stack.plan.filter(({ kind }) => kind === 'job').map(({ name }) => name)
/** What App Service and Container Apps set beside the stack's own. */
const read = (variables: Record<string, string>) =>
  readAzureConfig({ IDENTITY_ENDPOINT: 'http://localhost:42356/msi', IDENTITY_HEADER: 'x', ...variables })

describe('the variables on Azure', () => {
  it.each(apps)('of %s are taken by what reads them', (app) => {
    const variables = settingsOf(stack, app)
    expect(() => [read(variables), cloudConfig(variables)]).not.toThrow()
  })
  it.each(jobs)('of the job %s are taken by what reads them', (name) => {
    const variables = jobVariablesOf(stack, name)
    expect(() => [read(variables), cloudConfig(variables)]).not.toThrow()
  })
  it('name the cloud in every job', () => {
    expect(jobs.map((name) => jobVariablesOf(stack, name).SKYREEL_CLOUD)).toEqual(jobs.map(() => 'azure'))
  })
  it.each(jobs)('name the job %s as it is called', (name) => {
    const kind = name === 'transcode' ? 'transcode' : 'thumbnails'
    const { name: called } = stack.one('azurerm_container_app_job', `job-${name}`)
    expect(read(settingsOf(stack, 'transcode-starter')).jobs[kind].split('/').at(-1)).toBe(called)
  })
  it('begin the names of queues as the queues are called', () => {
    const { SKYREEL_QUEUES } = settingsOf(stack, 'thumbnails')
    expect(stack.one('azurerm_storage_queue', 'queue-thumbnails').name).toBe(`${SKYREEL_QUEUES}thumbnails`)
  })
  it('lead to the vault by its own name', () => {
    const { name } = stack.one('azurerm_key_vault', 'vault')
    expect(settingsOf(stack, 'video-api-a').SKYREEL_SECRETS).toBe(`https://${name}.vault.azure.net`)
  })
  it('choose the connection string that may only read for who only reads', () => {
    const readers = apps.filter((app) => settingsOf(stack, app).SKYREEL_DB === 'read')
    expect(readers).toEqual(['platform-api-a', 'platform-api-b'])
  })
  it('trust Front Door as one hop in the APIs alone', () => {
    expect(['video-api-a', 'thumbnails'].map((app) => trustedHops(settingsOf(stack, app)))).toEqual([
      { trustedHops: 1 },
      {},
    ])
  })
  it('end with what the environment overrides', async () => {
    const changed = await synthesized({ config: { settings: { SKYREEL_FLAGS: 'open-signup=off' } } })
    expect(settingsOf(changed, 'upload-sweep').SKYREEL_FLAGS).toBe('open-signup=off')
  })
  it('give a preview a host of its own', async () => {
    const preview = await synthesized({ preview: 'pr-12' })
    expect(settingsOf(preview, 'video-api-a').SKYREEL_PUBLIC_ORIGIN).toBe(
      'https://pr-12.azure.video.dev.example.com',
    )
  })
})
