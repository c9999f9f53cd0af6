import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { StackOutputs } from '../../cdktf/shared/outputs.ts'
import type { Place } from '../../cdktf/shared/place.ts'
import type { DeployColumn, OpenColumn } from './column.ts'
import type { Ensured } from './deployed-database.ts'
import type { Ground } from './ground.ts'
import type { Hands } from './hands.ts'
import type { JournalFile } from './journal.ts'
import { assumedOutputs, readOutputs } from './stack-outputs.ts'
import { type Terraform, terraformOf } from './terraform.ts'

export interface DeploymentOptions {
  readonly place: Place
  readonly ground: Ground
  readonly hands: Hands
  /** Hands that still work when the deployment was told to stop: to take a release back. */
  readonly lastHands: Hands
  readonly signal: AbortSignal
  readonly journal: JournalFile
  readonly openColumn: OpenColumn
  readonly expiresAt?: string
  /** Of a dry run: the stack, synthesized elsewhere. */
  readonly stackJson?: string
  readonly skipChecks?: boolean
  readonly acceptDrift?: boolean
  readonly yes?: boolean
}

/** One deployment to one place: what its steps share. */
export class Deployment {
  readonly place: Place
  readonly ground: Ground
  readonly hands: Hands
  readonly options: DeploymentOptions
  /** `terraform`, or `tofu` by the variable that cdktf reads too. */
  readonly binary: string
  readonly terraform: Terraform
  readonly stackFolder: string
  /** In memory only: it holds the owner's password. */
  ensured: Ensured | undefined
  #ready: Promise<unknown> | undefined
  #outputs: Promise<StackOutputs> | undefined

  constructor(options: DeploymentOptions) {
    const { place, ground, hands } = options
    this.options = options
    this.place = place
    this.ground = ground
    this.hands = hands
    this.binary = ground.env.TERRAFORM_BINARY_NAME || 'terraform'
    this.terraform = terraformOf({ ...ground, ...options, binary: this.binary })
    this.stackFolder = resolve(ground.root, this.terraform.folder)
  }

  /** Before the first apply. */
  column(): DeployColumn {
    return this.options.openColumn({ place: this.place, outputs: undefined })
  }

  async appliedColumn(): Promise<DeployColumn> {
    return this.options.openColumn({ place: this.place, outputs: await this.outputs() })
  }

  /** Terraform with its providers and the state at hand; once in a deployment. */
  ready(): Promise<unknown> {
    this.#ready ??= this.hands.run(this.terraform.init())
    return this.#ready
  }

  /** What the applied stack tells; a dry run reads it out of the synthesized one. */
  outputs(): Promise<StackOutputs> {
    this.#outputs ??= this.#readOutputs()
    return this.#outputs
  }

  /** An apply has changed what the stack tells. */
  forgetOutputs(): void {
    this.#outputs = undefined
  }

  async #readOutputs(): Promise<StackOutputs> {
    await this.ready()
    const assumed = this.hands.dry ? assumedOutputs(await this.stackJson()) : undefined
    const query = { command: this.terraform.outputs(), read: readOutputs }
    return this.hands.ask(query, assumed as StackOutputs)
  }

  async stackJson(): Promise<string> {
    return this.options.stackJson ?? readFile(join(this.stackFolder, 'cdk.tf.json'), 'utf8')
  }
}
