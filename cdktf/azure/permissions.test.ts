import { describe, expect, it } from 'vitest'
import { reference, synthesized } from './testing/synth.ts'

const stack = await synthesized()
const roles = stack.all('azurerm_role_assignment')
const grantsOf = (name: string) =>
  Object.keys(roles)
    .filter((id) => id.startsWith(`may-${name}-`))
    .map((id) => id.slice(`may-${name}-`.length))
    .sort()

describe('grants', () => {
  it('of a consumer are on its own queue, its poison queue, its secret and its job', () => {
    expect(grantsOf('transcode-starter')).toEqual([
      'look-at-jobs-thumbnails',
      'look-at-queue',
      'read-database-url',
      'run-jobs-transcode',
      'send-poison',
      'take-from-queue',
    ])
  })
  it('let a reader of the database have the string that only reads', () => {
    expect(grantsOf('platform-api')).toEqual(['read-database-url-read'])
  })
  it('let who signs URLs have the key of the account', () => {
    expect(grantsOf('video-api')).toContain('read-storage-key')
  })
  it('let who removes objects without writing any write none', () => {
    expect(grantsOf('failed-film-cleaner').filter((what) => what.startsWith('write-'))).toEqual([])
  })
  it('let the sweep of the outbox send to every consumer', () => {
    const consumers = stack.plan.filter(({ kind }) => kind === 'on').map(({ name }) => `send-${name}`)
    expect(grantsOf('outbox-sweep').filter((what) => what.startsWith('send-'))).toEqual(consumers)
  })
  it('let the host keep what it needs in its own account alone', () => {
    const scopes = Object.entries(roles)
      .filter(([id]) => id.startsWith('own-') && !id.endsWith('-insights'))
      .map(([, { scope }]) => scope)
    const within = reference('azurerm_storage_account.hosts.id')
    expect(scopes.filter((scope) => !scope.startsWith(`${within}/blobServices/default/containers/`))).toEqual(
      [],
    )
  })
  it('let a job pull its image and push none', () => {
    expect(roles['may-pull-transcode'].role_definition_name).toBe('AcrPull')
  })
})
