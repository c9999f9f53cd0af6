import { describe, expect, it } from 'vitest'
import { WIDE_GRANTS } from './permissions.ts'
import { reference, synthesized } from './testing/synth.ts'

const stack = await synthesized()
const grantsOf = (name: string, type: string) =>
  Object.keys(stack.all(type)).filter((id) => id.startsWith(`grant-${name}-`))

describe('grants', () => {
  it('on the project are those that a reason is written for', () => {
    const written = WIDE_GRANTS.map(({ id }) => id).sort()
    expect(Object.keys(stack.all('google_project_iam_member')).sort()).toEqual(written)
  })
  it('reach nobody outside of the project', () => {
    expect(JSON.stringify(stack.json)).not.toMatch(/allUsers|allAuthenticatedUsers/)
  })
  it('of a function that signs are on its own account alone', () => {
    const grant = stack.one('google_service_account_iam_member', 'grant-transcode-sign')
    expect([grant.service_account_id, grant.member]).toEqual([
      reference('google_service_account.account-transcode.name'),
      reference('google_service_account.account-transcode.member'),
    ])
  })
  it('let who starts one kind of job look at every kind', () => {
    expect(grantsOf('transcode-starter', 'google_cloud_run_v2_job_iam_member').sort()).toEqual([
      'grant-transcode-starter-jobs-look-thumbnails',
      'grant-transcode-starter-jobs-look-transcode',
      'grant-transcode-starter-jobs-run-transcode',
    ])
  })
  it('of a function without buckets are on none', () => {
    expect(grantsOf('identity-api', 'google_storage_bucket_iam_member')).toEqual([])
  })
  it('let who signs find that there is no key file', () => {
    expect(grantsOf('transcode', 'google_secret_manager_secret_iam_member')).toContain(
      'grant-transcode-secret-storage-key',
    )
  })
  it('let a reader of the database have the string that only reads', () => {
    expect(grantsOf('platform-api', 'google_secret_manager_secret_iam_member')).toEqual([
      'grant-platform-api-secret-database-url-read',
    ])
  })
})

describe('accounts', () => {
  it('are one for each function and job', () => {
    const own = stack.plan.filter(({ name }) => `account-${name}` in stack.all('google_service_account'))
    expect(own).toEqual(stack.plan)
  })
  it('have names that Google takes, in a preview of the longest environment too', async () => {
    const longest = await synthesized({ environment: 'staging', preview: 'p1234567' })
    const names = Object.values(longest.all('google_service_account')).map(({ account_id: id }) => id)
    expect(names.filter((name) => !/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/.test(name))).toEqual([])
  })
  it('are all different, though their names are cut', async () => {
    const longest = await synthesized({ environment: 'staging', preview: 'p1234567' })
    const names = Object.values(longest.all('google_service_account')).map(({ account_id: id }) => id)
    expect(new Set(names).size).toBe(names.length)
  })
})
