import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { LambdaError, RuntimeApi } from './lambda-api.ts'

const RIC_FOLDER = new URL('../../../scripts/clouds/node_modules/aws-lambda-ric/', import.meta.url)
/** AWS's runtime client, and its part that is compiled when it is installed. */
export const RIC = fileURLToPath(new URL('index.mjs', RIC_FOLDER))
export const RIC_NATIVE = fileURLToPath(new URL('rapid-client.node', RIC_FOLDER))

export interface LambdaOptions {
  /** What is deployed: Lambda's task root. */
  readonly bundleFolder: string
  /** File without extension and export: `index.handler`. */
  readonly handler: string
  readonly env?: Readonly<Record<string, string>>
}

export interface Running {
  readonly child: ChildProcess
  readonly ready: PromiseWithResolvers<void>
  readonly exited: Promise<LambdaError>
}

/** Starts the runtime with the bundle; what it writes goes to `written`. */
export function startProcess(
  { bundleFolder, handler, env }: LambdaOptions,
  api: RuntimeApi,
  written: string[],
): Running {
  const child = spawn(process.execPath, [RIC, handler], {
    cwd: bundleFolder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      ...ENVIRONMENT,
      LAMBDA_TASK_ROOT: bundleFolder,
      _HANDLER: handler,
      ...env,
      ...at(api),
    },
  })
  child.stdout.on('data', (chunk) => written.push(String(chunk)))
  child.stderr.on('data', (chunk) => written.push(String(chunk)))
  const ready = Promise.withResolvers<void>()
  const exited = once(child, 'exit').then(([code, signal]): LambdaError => {
    const exit = {
      errorType: 'Runtime.ExitError',
      errorMessage: `Runtime exited with ${signal ?? `status ${code}`}`,
    }
    ready.reject(new Error(said(exit, written)))
    return exit
  })
  // Both are waited for where somebody asks; an end that nobody asks for is `stop`.
  ready.promise.catch(() => undefined)
  // Nothing of a test outlives it, even where it is cut off before `stop`.
  const cut = () => child.kill('SIGKILL')
  process.once('exit', cut)
  child.once('exit', () => process.off('exit', cut))
  return { child, ready, exited }
}

const at = ({ port }: RuntimeApi) => ({ AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${port}` })

/** Powertools tells a cold start only where the type of initialization is there. */
const ENVIRONMENT = {
  AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
  AWS_LAMBDA_FUNCTION_NAME: 'test',
  AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
  AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/test',
  AWS_LAMBDA_LOG_STREAM_NAME: 'test',
  AWS_REGION: 'us-east-1',
  TZ: ':UTC',
}

/** An error of the runtime with what it wrote before. */
export const said = ({ errorType, errorMessage }: LambdaError, written: readonly string[]) =>
  `${errorType}: ${errorMessage}\n${written.join('')}`

/** Kills it and waits until it is gone. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}
