import { Refused } from '../shell.ts'
import type { Step } from '../step.ts'
import { type Drift, driftOf } from '../terraform-plan.ts'

const FILE = 'drift.tfplan'

export const drift: Step = {
  name: 'drift',
  says: 'what somebody changed past Terraform',
  async run(deployment) {
    const { hands, terraform, options } = deployment
    await deployment.ready()
    // 2: there are differences. Which of them matter stands in the plan.
    const { status } = await hands.run(terraform.planDrift(FILE), { accepts: [0, 2] })
    if (status === 0 && !hands.dry) return
    const stack = await deployment.stackJson()
    const query = { command: terraform.show(FILE), read: (stdout: string) => driftOf(stdout, stack) }
    const drifted = await hands.ask(query, [])
    if (drifted.length === 0) return
    if (!options.acceptDrift) throw refusal(drifted)
    hands.tell(
      `drift is accepted, and undone where the stack says otherwise: ${drifted.map(words).join('; ')}`,
    )
  },
}

const refusal = (drifted: readonly Drift[]) =>
  new Refused(
    `changed past Terraform since the last apply: ${drifted.map(words).join('; ')}`,
    'Take the change over into cdktf/, or undo it; or add --accept-drift: applying then overwrites it.',
  )

const words = ({ address, attributes }: Drift) =>
  attributes.length === 0 ? `${address} is gone` : `${address} (${attributes.join(', ')})`
