import { fauxqsMissing } from '../../adapters/aws/testing/fauxqs.ts'
import { lambdaRuntimeMissing } from '../../adapters/aws/testing/lambda-runtime.ts'
import { radosgwMissing } from '../../adapters/aws/testing/radosgw.ts'
import { onFunctions } from '../../functions/entry/manifests.ts'
import { AWS_FORMS } from '../conformance/aws-forms.ts'
import { openAwsEvents } from './aws-events.ts'
import { openLambdas } from './aws-lambdas.ts'
import { openAwsServices } from './aws-stand-ins.ts'
import type { CloudUnderTest, DeployedCloud, Ground } from './cloud.ts'

/** Lambda behind an HTTP API, S3 by way of EventBridge, SQS before each consumer, tasks of ECS, CloudFront. */
export const aws: CloudUnderTest = {
  name: 'aws',
  tools: ['radosgw', 'compiler'],
  missing: () => radosgwMissing() ?? fauxqsMissing() ?? lambdaRuntimeMissing(),
  open,
}

async function open(ground: Ground): Promise<DeployedCloud> {
  const stack = new AsyncDisposableStack()
  try {
    const services = stack.use(await openAwsServices(ground))
    const lambdas = openLambdas(ground, services.env)
    const stopping = new AbortController()
    const { signal } = stopping
    const { logs } = ground
    stack.use(openAwsEvents({ services, lambdas, functions: onFunctions, logs, signal }))
    // Killed while the mappings are told to stop, so that none of them waits for a function at work.
    stack.use(lambdas)
    stack.defer(() => stopping.abort())
    return {
      answer: async (name, request) => HTTP_API.answer(await lambdas.invoke(name, HTTP_API.event(request))),
      // EventBridge Scheduler's payload tells nothing that we need.
      fire: async (name) => void (await lambdas.invoke(name, {})),
      givenUp: async () => services.givenUp(),
      processes: lambdas.processes,
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    }
  } catch (error) {
    await stack.disposeAsync()
    throw error
  }
}

const HTTP_API = httpApi()

function httpApi() {
  const form = AWS_FORMS.find(({ name }) => name === 'http-v2')
  if (!form) throw new Error('there is no form http-v2')
  return form
}
