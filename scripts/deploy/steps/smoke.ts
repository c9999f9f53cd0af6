import type { Deployment } from '../deployment.ts'
import { probesOn, smokeTest } from '../smoke-test.ts'
import type { Step } from '../step.ts'

export const smoke: Step = {
  name: 'smoke',
  says: 'requests as a client makes them',
  run: (deployment) => smokeOnce(deployment),
}

/** Over the network, with retries. */
export async function smokeOnce(deployment: Deployment): Promise<void> {
  const { hands, ground, options, place } = deployment
  const { origin } = await deployment.outputs()
  const paths = probesOn(place.cloud)
    .map(({ path }) => path)
    .join(', ')
  const sleep = (ms: number) => ground.sleep(ms, options.signal)
  await hands.act(
    `GET ${paths} of ${origin}`,
    () => smokeTest({ origin, cloud: place.cloud, fetch: ground.fetch, sleep }),
    undefined,
  )
}
