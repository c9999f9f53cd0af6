import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { CLOUDS, ENVIRONMENTS } from '../cdktf/shared/environment.ts'
import {
  type Job,
  type Step,
  scriptsCalled,
  stepSays,
  strangeSecrets,
  workflowViolations,
} from './ci-files.ts'
import { listFiles } from './house-files.ts'
import { ROOT } from './settings.ts'

const text = (path: string) => readFile(join(ROOT, path), 'utf8')
const yaml = async (path: string) => parse(await text(path))
const workflows = (await readdir(join(ROOT, '.github/workflows'))).map((name) => `.github/workflows/${name}`)
const ACTION = '.github/actions/sign-in/action.yml'
const FILES = [
  ...workflows,
  ACTION,
  '.gitlab-ci.yml',
  '.circleci/config.yml',
  'Jenkinsfile',
  '.ci/sign-in',
  '.ci/run',
]
const { scripts } = JSON.parse(await text('package.json')) as { scripts: Record<string, string> }

describe('the workflows', () => {
  it.each(workflows)('%s keeps the rules', async (path) => {
    expect(workflowViolations(path, await yaml(path))).toEqual([])
  })
  it('are those that the documentation names', async () => {
    const page = await text('docs/ci.md')
    expect(workflows.filter((path) => !page.includes(path.replace('.github/workflows/', '')))).toEqual([])
  })
  it('deploy to the clouds and environments that there are', async () => {
    const { inputs } = (await yaml('.github/workflows/deploy.yml')).on.workflow_dispatch
    expect([inputs.cloud.options, inputs.environment.options]).toEqual([[...CLOUDS], [...ENVIRONMENTS]])
  })
  it('take one action to sign in, whose steps keep the rules', async () => {
    const { runs } = (await yaml(ACTION)) as { runs: { steps: Step[] } }
    expect(runs.steps.flatMap(stepSays)).toEqual([])
  })
})

describe('every CI file', () => {
  it.each(FILES)('%s calls npm scripts that there are', async (path) => {
    expect(scriptsCalled(await text(path)).filter((name) => !(name in scripts))).toEqual([])
  })
  it.each(FILES)('%s names no key of a cloud', async (path) => {
    const content = await text(path)
    expect([
      ...strangeSecrets(content),
      ...(content.match(/SECRET_ACCESS_KEY|CLIENT_SECRET|credentials_json/g) ?? []),
    ]).toEqual([])
  })
  it('takes the same Terraform', async () => {
    const all = (await Promise.all(FILES.map(text))).join('\n')
    const versions = [...all.matchAll(/terraform(?:_version: |\/)(\d+\.\d+\.\d+)/g)].map((match) => match[1])
    expect([versions.length > 2, new Set(versions)]).toEqual([true, new Set(['1.11.4'])])
  })
  it('of another system deploys by the same command as the workflows', async () => {
    const others = ['.gitlab-ci.yml', '.circleci/config.yml', 'Jenkinsfile']
    const calls = await Promise.all(others.map(async (path) => scriptsCalled(await text(path))))
    expect(
      calls.map((names) => ['test', 'infra-check', 'deploy'].every((name) => names.includes(name))),
    ).toEqual([true, true, true])
  })
})

describe('the updates', () => {
  it('watch every lock file', async () => {
    const { updates } = (await yaml('.github/dependabot.yml')) as {
      updates: { 'package-ecosystem': string; directories?: string[] }[]
    }
    const locks = (await listFiles(ROOT)).filter((path) => path.endsWith('package-lock.json'))
    const folders = locks.map((path) => `/${path.replace(/\/?package-lock\.json$/, '')}`)
    const npm = updates.find((update) => update['package-ecosystem'] === 'npm')
    expect(npm?.directories?.toSorted()).toEqual(folders.toSorted())
  })
})

describe('a rule', () => {
  const good: Job = { permissions: { contents: 'read' }, 'timeout-minutes': 5, steps: [{ run: 'npm test' }] }
  const says = (changes: Partial<Job>) =>
    workflowViolations('a.yml', {
      permissions: { contents: 'read' },
      jobs: { job: { ...good, ...changes } },
    }).map((violation) => violation.says)
  it('has nothing against a job that keeps it', () => {
    expect(says({})).toEqual([])
  })
  it.each<[Record<string, unknown>, string]>([
    [{ permissions: undefined }, 'job names no permissions'],
    [{ 'timeout-minutes': undefined }, 'job has no time limit'],
    [{ permissions: { 'id-token': 'write' } }, 'job may sign in to a cloud outside of an environment'],
    [{ steps: [{ run: 'npm run deploy -- aws dev' }] }, 'job may be cut off while it deploys'],
    [{ steps: [{ uses: 'some/action@main' }] }, 'job takes some/action@main in whatever version there is'],
    [{ steps: [{ run: 'echo $' + '{{ github.event.title }}' }] }, 'job writes an expression into a script'],
  ])('finds %j', (changes, found) => {
    expect(says(changes as Partial<Job>)).toEqual([found])
  })
  it('finds a workflow that may write', () => {
    expect(workflowViolations('a.yml', { permissions: { contents: 'write' }, jobs: {} })).toHaveLength(1)
  })
  it('finds a stored key', () => {
    expect(strangeSecrets('key: secrets.AWS_SECRET_ACCESS_KEY, secrets.NEON_API_KEY')).toEqual([
      'AWS_SECRET_ACCESS_KEY',
    ])
  })
  it('finds every script that is called', () => {
    expect(scriptsCalled("npm test && npm run infra-check; sh 'npm run deploy'")).toEqual([
      'test',
      'infra-check',
      'deploy',
    ])
  })
})
