import { Testing } from 'cdktf'
import { environment } from '../../shared/environment.ts'
import { loadManifests } from '../../shared/manifests.ts'
import { placeOf } from '../../shared/place.ts'
import { type PlannedFunction, planOf } from '../../shared/plan.ts'
import { CONFIG } from '../../shared/wanted-stacks.ts'
import { AwsStack } from '../stack.ts'

/** A resource as JSON gives it: the tests read what they name, and an absent field is their finding. */
export type Attributes = ReturnType<JSON['parse']>

export interface Synthesized {
  readonly plan: readonly PlannedFunction[]
  readonly json: Attributes
  /** The only way to a resource: one that is not there fails the test by its address. */
  resource(type: string, id: string): Attributes
  all(type: string): Readonly<Record<string, Attributes>>
}

export interface SynthWish {
  readonly environment?: 'dev' | 'staging' | 'prod'
  readonly preview?: string
  /** Beside or in place of the environment's own values. */
  readonly change?: object
  readonly plan?: (plan: PlannedFunction[]) => PlannedFunction[]
}

/** The stack of AWS as Terraform reads it. */
export async function synthAws(wish: SynthWish = {}): Promise<Synthesized> {
  const base = CONFIG[wish.environment ?? 'dev']
  const place = placeOf('aws', environment({ ...base, ...wish.change }), wish.preview)
  const plan = (wish.plan ?? ((all) => all))(planOf(await loadManifests()))
  const json = JSON.parse(Testing.synth(new AwsStack(Testing.app(), { place, plan })))
  const all = (type: string) => json.resource[type] ?? {}
  const resource = (type: string, id: string) => {
    const found = all(type)[id]
    if (found === undefined) throw new Error(`there is no ${type}.${id}`)
    return found
  }
  return { plan, json, all, resource }
}

interface ReadStatement {
  readonly Sid: string
  readonly Effect: string
  readonly Action: string[]
  readonly Resource: string[]
  readonly Condition?: Record<string, Record<string, string>>
}

/** What a function's or job's role may do. */
export const statementsOf = ({ resource }: Synthesized, name: string): ReadStatement[] =>
  JSON.parse(resource('aws_iam_role_policy', `policy-${name}`).policy).Statement

/** Terraform's expressions replaced by what such an attribute looks like, so that what reads the values can be asked. */
export const plausible = (text: string): string =>
  text
    .replaceAll(/\$\{aws_cloudfront_public_key\.[\w.-]+\}/g, 'K2JCJMDEHXQW5F')
    .replaceAll(/\$\{aws_cloudwatch_event_bus\.[\w.-]+\}/g, 'skyreel-dev')
    .replaceAll(/\$\{aws_ecs_cluster\.[\w.-]+\}/g, 'skyreel-dev')
    .replaceAll(/\$\{aws_kms_key\.[\w.-]+\}/g, 'arn:aws:kms:eu-central-1:111111111111:key/0a1b')
    .replaceAll(/\$\{aws_subnet\.[\w.-]+\}/g, 'subnet-0a1b')
    .replaceAll(/\$\{aws_security_group\.[\w.-]+\}/g, 'sg-0a1b')
