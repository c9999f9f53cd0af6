import type { Step } from '../step.ts'

export const publish: Step = {
  name: 'publish',
  says: 'what Terraform does not carry: pages, and code where it cannot',
  async run(deployment) {
    const column = await deployment.appliedColumn()
    const outputs = await deployment.outputs()
    await deployment.hands.runAll(column.publish({ outputs, dist: deployment.ground.dist }))
  },
}
