import { beforeAll, describe, expect, it } from 'vitest'
import { WIDE_GRANTS } from './permissions.ts'
import { type Synthesized, statementsOf, synthAws } from './testing/synth.ts'

let dev: Synthesized
beforeAll(async () => {
  dev = await synthAws()
})
const statement = (name: string, sid: string) => statementsOf(dev, name).find(({ Sid }) => Sid === sid)
const roles = () => Object.keys(dev.all('aws_iam_role_policy')).map((id) => id.replace(/^policy-/, ''))

describe('the permissions on AWS', () => {
  it('are those of one role for each function and job', () => {
    expect(roles()).toEqual(expect.arrayContaining(dev.plan.map(({ name }) => name)))
  })
  it('are about everything only where a reason is written', () => {
    const wide = roles().flatMap((name) =>
      statementsOf(dev, name).filter(({ Resource }) => Resource.includes('*')),
    )
    expect([...new Set(wide.map(({ Sid }) => Sid))].sort()).toEqual(WIDE_GRANTS.map(({ id }) => id).sort())
  })
  it('let who reads a bucket see what is missing', () => {
    expect(statement('thumbnails', 'UploadsList')?.Action).toEqual(['s3:ListBucket'])
  })
  it('let who only removes see nothing', async () => {
    const uses = { storage: { uploads: ['remove'] } } as const
    const removing = await synthAws({
      plan: (all) => all.map((fn) => (fn.name === 'media-uploaded' ? { ...fn, uses } : fn)),
    })
    const sids = statementsOf(removing, 'media-uploaded').map(({ Sid }) => Sid)
    expect([sids.includes('UploadsObjects'), sids.includes('UploadsList')]).toEqual([true, false])
  })
  it('let who removes give up parts, too', () => {
    expect(statement('media-uploaded', 'UploadsObjects')?.Action).toContain('s3:AbortMultipartUpload')
  })
  it('let the sweep of the outbox send to every consumer', () => {
    const queues = Object.keys(dev.all('aws_sqs_queue')).filter((id) => id.startsWith('queue-'))
    expect(statement('outbox-sweep', 'SendToConsumers')?.Resource).toEqual(
      queues.map((id) => `\${aws_sqs_queue.${id}.arn}`),
    )
  })
  it('let a function start its kind of job and no other', () => {
    expect(statement('transcode-starter', 'StartJobs')?.Resource).toEqual([
      `\${aws_ecs_task_definition.job-transcode.arn_without_revision}:*`,
    ])
  })
  it('let a function hand on the roles of its kind of job and no other', () => {
    expect(statement('thumbnails', 'GiveJobsTheirRoles')?.Resource).toEqual([
      `\${aws_iam_role.role-thumbnails-job.arn}`,
      `\${aws_iam_role.role-jobs-start.arn}`,
    ])
  })
  it('let nobody list the tasks of another cluster', () => {
    expect(statement('thumbnails', 'ListJobs')?.Condition).toEqual({
      ArnEquals: { 'ecs:cluster': `\${aws_ecs_cluster.jobs.arn}` },
    })
  })
  it('let who only reads the database have the connection string of that', () => {
    expect(statement('platform-api', 'ReadSecrets')?.Resource).toEqual([
      `\${aws_secretsmanager_secret.secret-database-url-read.arn}`,
    ])
  })
  it('give a job no log of its own to write: the platform does that', () => {
    expect(statement('transcode', 'WriteLog')).toBeUndefined()
  })
})
