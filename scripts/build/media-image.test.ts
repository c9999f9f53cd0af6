import { spawn } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { findCommand } from '../media-tools.ts'
import { jobSource } from './media-image.ts'
import { builtOnce } from './testing/built-once.ts'
import { deploymentEnv } from './testing/deployment-env.ts'

let media = ''
beforeAll(async () => {
  media = join(await builtOnce(), 'media')
}, 240_000)

interface Ended {
  readonly status: number | null
  readonly said: string
}

/** Runs the job's bundle as the container does, outside of the checkout. Killed after 30 s. */
function runJob(env: Readonly<Record<string, string>>): Promise<Ended> {
  const child = spawn(process.execPath, [join(media, 'app/index.mjs')], {
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 30_000,
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (status) => resolve({ status, said }))
  })
}

const JOB = { JOB_KIND: 'transcode', JOB_ID: 'job-1', JOB_INPUT: '{"videoId":"vid_1","generation":1}' }

it('fails in words without a job', async () => {
  expect(await runJob({ SKYREEL_CLOUD: 'aws' })).toMatchObject({
    status: 1,
    said: expect.stringContaining('JOB_KIND, JOB_ID and JOB_INPUT'),
  })
})
it('fails in words on a cloud that it does not know', async () => {
  expect(await runJob({ SKYREEL_CLOUD: 'ibm', ...JOB })).toMatchObject({
    status: 1,
    said: expect.stringContaining('SKYREEL_CLOUD is one of aws, gcp, azure'),
  })
})
it('fails in words without the tools', async () => {
  expect(await runJob({ ...deploymentEnv.aws, SKYREEL_CLOUD: 'aws', ...JOB, PATH: '' })).toMatchObject({
    status: 1,
    said: expect.stringContaining('this container holds no ffmpeg'),
  })
})

const noTools = findCommand('ffmpeg') ? '' : ' (ffmpeg is not installed)'
describe.skipIf(noTools !== '')(`with the tools${noTools}`, () => {
  it.each(['aws', 'gcp', 'azure'] as const)(
    'opens the column of %s, and says what it cannot reach',
    async (cloud) => {
      expect(await runJob({ ...deploymentEnv[cloud], SKYREEL_CLOUD: cloud, ...JOB })).toMatchObject({
        status: 1,
        said: expect.stringContaining('job failed'),
      })
    },
  )
  it('refuses a kind of job that there is not', async () => {
    expect(
      await runJob({ ...deploymentEnv.aws, SKYREEL_CLOUD: 'aws', ...JOB, JOB_KIND: 'bake' }),
    ).toMatchObject({
      status: 1,
      said: expect.stringContaining('there is no job bake'),
    })
  })
})

it('holds the packager as a program', () => {
  expect(statSync(join(media, 'app/shaka-packager/bin/packager-linux-x64')).mode & 0o111).toBe(0o111)
})
it('looks for the packager beside the bundle', () => {
  expect(readFileSync(join(media, 'app/index.mjs'), 'utf8')).toContain('./shaka-packager/index.js')
})
it('copies what it names', () => {
  const copied = [...readFileSync(join(media, 'Dockerfile'), 'utf8').matchAll(/^COPY (?!--from)(\S+)/gm)]
  expect(copied.map(([, from]) => statSync(join(media, from ?? '')).isDirectory())).toEqual([true])
})
it('bundles the manifests of jobs alone', () => {
  expect(jobSource(['functions/video/transcode.ts'])).toContain("import job0 from '../video/transcode.ts'")
})
