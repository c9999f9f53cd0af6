import { type LambdaRuntime, openLambda } from '../../adapters/aws/testing/lambda-runtime.ts'
import { cronFunctions, httpFunctions, onFunctions } from '../../functions/entry/manifests.ts'
import type { DeployedCloud, Ground } from './cloud.ts'

export interface Lambdas extends AsyncDisposable, Pick<DeployedCloud, 'processes'> {
  /** What the function returned. Rejects with its error, which Lambda would count and, for events, try again. */
  invoke(name: string, event: object): Promise<unknown>
}

const FUNCTIONS = [...httpFunctions, ...onFunctions, ...cronFunctions]

/** Every function under Lambda's own runtime client. A process starts with the first event, as on Lambda. */
export function openLambdas(ground: Ground, env: Readonly<Record<string, string>>): Lambdas {
  const opened = new Map<string, Promise<LambdaRuntime>>()
  const running = new Map<string, LambdaRuntime>()
  const start = async (name: string) => {
    const bundleFolder = await ground.functionFolder(name)
    const own = {
      AWS_LAMBDA_FUNCTION_NAME: `skyreel-${name}`,
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: memoryOf(name),
    }
    const lambda = await openLambda({ bundleFolder, handler: 'index.handler', env: { ...env, ...own } })
    running.set(name, lambda)
    ground.logs.watch(name, lambda.log)
    return lambda
  }
  const runtimeOf = (name: string): Promise<LambdaRuntime> => {
    const lambda = opened.get(name) ?? start(name)
    opened.set(name, lambda)
    return lambda
  }
  return {
    invoke: async (name, event) => {
      const { timeoutSeconds } = functionNamed(name)
      const lambda = await runtimeOf(name)
      const outcome = await lambda.invoke(event, { deadlineMs: timeoutSeconds * 1000 })
      if ('answer' in outcome) return outcome.answer
      const { errorType, errorMessage } =
        'error' in outcome ? outcome.error : { errorType: 'Stream', errorMessage: 'it streamed' }
      throw new Error(`${name}: ${errorType}: ${errorMessage}`)
    },
    processes: () =>
      [...running].flatMap(([name, lambda]) => {
        const pid = lambda.pid()
        return pid === undefined ? [] : [{ name, pid, startMs: lambda.initMs }]
      }),
    [Symbol.asyncDispose]: async () => {
      const all = await Promise.allSettled(opened.values())
      await Promise.all(all.map((one) => (one.status === 'fulfilled' ? one.value.stop() : undefined)))
    },
  }
}

function functionNamed(name: string) {
  const found = FUNCTIONS.find((fn) => fn.name === name)
  if (!found) throw new Error(`there is no function ${name}`)
  return found
}

const memoryOf = (name: string) => String(functionNamed(name).memoryMb)
