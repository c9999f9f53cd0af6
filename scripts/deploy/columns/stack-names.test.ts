import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { azureNames } from '../../../cdktf/azure/settings-names.ts'
import { dev } from '../../../cdktf/config/dev.ts'
import { backendBucketName } from '../../../cdktf/gcp/settings-names.ts'
import { CLOUDS, type Cloud } from '../../../cdktf/shared/environment.ts'
import { placeOf } from '../../../cdktf/shared/place.ts'
import { ROOT } from '../../settings.ts'
import { publicKeyParameter } from './aws-secrets.ts'
import { insightsName } from './azure-insights.ts'
import { ORIGINS } from './azure-origins.ts'
import { OPEN } from './testing/columns.ts'

type Attributes = Readonly<Record<string, unknown>>
interface Stack {
  readonly resource: Readonly<Record<string, Readonly<Record<string, Attributes>>>>
  readonly data?: Stack['resource']
  readonly output: Readonly<Record<string, { readonly value: unknown }>>
}

// What the columns do to a stack they do by its names. Nothing else would tell that one of them has changed.
let folder = ''
const stacks = {} as Record<Cloud, Stack>

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skyreel-names-'))
  const env = {
    ...process.env,
    CDKTF_OUTDIR: folder,
    SKYREEL_STACKS: CLOUDS.map((cloud) => `${cloud}-dev`).join(','),
  }
  await promisify(execFile)(process.execPath, ['cdktf/main.ts'], { cwd: ROOT, env })
  for (const cloud of CLOUDS)
    stacks[cloud] = JSON.parse(await readFile(join(folder, 'stacks', `${cloud}-dev`, 'cdk.tf.json'), 'utf8'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const all = (cloud: Cloud, type: string): readonly Attributes[] =>
  Object.values(stacks[cloud].resource?.[type] ?? {})
const names = (cloud: Cloud, type: string) => all(cloud, type).map(({ name }) => name)
const functionsOf = (cloud: Cloud, kind: string): readonly string[] => {
  const functions = stacks[cloud].output?.functions?.value ?? {}
  return Object.entries(functions as Record<string, { kind: string }>)
    .filter(([, fn]) => kind === '' || fn.kind === kind)
    .map(([name]) => name)
    .sort()
}

describe.each(CLOUDS)('the stack of %s', (cloud) => {
  const column = OPEN[cloud]({ place: placeOf(cloud, dev), outputs: undefined })

  it.each([...column.registryTargets, ...column.secretTargets])(
    'has %s, which is applied first',
    (address) => {
      const [type = '', id = ''] = address.split('.')
      expect(Object.keys(stacks[cloud].resource?.[type] ?? {})).toContain(id)
    },
  )
  it('tells of every deployed function', () => {
    expect(functionsOf(cloud, 'http')).toContain('video-api')
  })
})

describe('the stack of AWS', () => {
  it('reads the public key of the CDN where the deployment writes it', () => {
    const read = Object.values(stacks.aws.data?.aws_ssm_parameter ?? {}).map(({ name }) => name)
    expect(read).toEqual([publicKeyParameter(placeOf('aws', dev))])
  })
  it('keeps the log of each function where its health is read', () => {
    const logged = names('aws', 'aws_cloudwatch_log_group')
    const expected = functionsOf('aws', '').map((name) => `/aws/lambda/skyreel-dev-${name}`)
    expect(expected.filter((name) => !logged.includes(name))).toEqual([])
  })
  it('leaves the weights of the alias live alone', () => {
    expect(all('aws', 'aws_lambda_alias')).toSatisfy((aliases: Attributes[]) =>
      aliases.every(
        ({ name, lifecycle }) => name === 'live' && JSON.stringify(lifecycle).includes('routing_config'),
      ),
    )
  })
})

describe('the stack of Google Cloud', () => {
  it('has the backend that takes the signing key', () => {
    expect(names('gcp', 'google_compute_backend_bucket')).toContain(
      backendBucketName(placeOf('gcp', dev), 'media'),
    )
  })
  it('leaves the split of the traffic alone', () => {
    expect(all('gcp', 'google_cloud_run_v2_service')).toSatisfy((services: Attributes[]) =>
      services.every(({ lifecycle }) => JSON.stringify(lifecycle ?? '').includes('traffic')),
    )
  })
})

describe('the stack of Azure', () => {
  it('calls a group of origins by its API', () => {
    expect(names('azure', 'azurerm_cdn_frontdoor_origin_group')).toEqual(
      expect.arrayContaining([...functionsOf('azure', 'http')]),
    )
  })
  it('calls the two apps of each API a and b', () => {
    const apps = names('azure', 'azurerm_cdn_frontdoor_origin').filter((name) =>
      ORIGINS.includes(name as 'a'),
    )
    expect(apps).toHaveLength(2 * functionsOf('azure', 'http').length)
  })
  it('leaves their weights and whether they are switched on alone', () => {
    const apps = all('azure', 'azurerm_cdn_frontdoor_origin').filter(({ name }) =>
      ORIGINS.includes(name as 'a'),
    )
    const ignored = apps.map(({ lifecycle }) => (lifecycle as { ignore_changes?: string[] })?.ignore_changes)
    const alone = ignored.filter((fields) => fields?.includes('weight') && fields.includes('enabled'))
    expect(alone).toHaveLength(2 * functionsOf('azure', 'http').length)
  })
  it('has the Front Door that weighs them', () => {
    expect(names('azure', 'azurerm_cdn_frontdoor_profile')).toEqual([
      azureNames(placeOf('azure', dev)).frontDoor,
    ])
  })
  it('keeps requests where their health is read', () => {
    expect(names('azure', 'azurerm_application_insights')).toEqual([insightsName(placeOf('azure', dev))])
  })
})
