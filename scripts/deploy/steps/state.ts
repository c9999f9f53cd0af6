import type { Step } from '../step.ts'

export const state: Step = {
  name: 'state',
  says: 'the store of the state, made where it is missing',
  async run(deployment) {
    await deployment.hands.runAll(deployment.column().bootstrap())
    await deployment.ready()
  },
}
