import { randomUUID } from 'node:crypto'
import Module from 'node:module'
import type { HostLine, Invocation, WireData } from './functions-host-wire.ts'

interface Binding {
  readonly type: string
  readonly direction?: string
  readonly [name: string]: unknown
}
export interface Registered {
  readonly name: string
  readonly bindings: Readonly<Record<string, Binding>>
  readonly callback: (...given: unknown[]) => unknown
}
export interface WireAnswer {
  readonly outputData?: readonly { readonly name: string; readonly data: unknown }[]
  readonly returnValue?: unknown
}
interface InvocationModel {
  getArguments(): Promise<{ context: unknown; inputs: unknown[] }>
  invokeFunction(context: unknown, inputs: unknown[], callback: unknown): Promise<unknown>
  getResponse(context: unknown, result: unknown): Promise<WireAnswer>
}
interface ProgrammingModel {
  getCapabilities(given: object): Promise<{ HttpUri?: string }>
  getInvocationModel(core: object): InvocationModel
}
type Hook = (context: object) => unknown

/** The app in this process, as the host's worker sees it. */
export interface App {
  readonly functions: ReadonlyMap<string, Registered>
  /** Where the library takes HTTP requests itself, with `enableHttpStream`. */
  readonly httpUri: string | undefined
  invoke(invocation: Invocation, id?: string): Promise<WireAnswer>
}

class Disposable {
  readonly dispose: () => void
  constructor(dispose: () => void = () => undefined) {
    this.dispose = dispose
  }
}

/**
 * Loads an app into this process, one at most. Microsoft's worker hands the library a module `@azure/functions-core` by
 * patching `require`; so does this, and everything else is the real library.
 */
export async function loadApp(entry: string, line: (line: HostLine) => void): Promise<App> {
  const functions = new Map<string, Registered>()
  const hooks = new Map<string, Hook[]>()
  let model: ProgrammingModel | undefined
  const log = (level: string, category: string, message: string) => line({ level, category, message })
  provideCore({
    ...{ version: '3.13.0', hostVersion: '4.1040.0', Disposable, log },
    setProgrammingModel: (given: ProgrammingModel) => {
      model = given
    },
    getProgrammingModel: () => model,
    registerHook: (name: string, hook: Hook) => {
      hooks.set(name, [...(hooks.get(name) ?? []), hook])
      return new Disposable()
    },
    registerFunction: (facts: Omit<Registered, 'callback'>, callback: Registered['callback']) => {
      if (functions.has(facts.name)) throw new Error(`the function ${facts.name} is registered twice`)
      functions.set(facts.name, { name: facts.name, bindings: facts.bindings, callback })
      return new Disposable(() => functions.delete(facts.name))
    },
  })
  await import(entry)
  for (const hook of hooks.get('appStart') ?? []) await hook({ hookData: {} })
  const loaded: ProgrammingModel | undefined = model
  if (!loaded) throw new Error(`${entry} does not use @azure/functions`)
  const { HttpUri } = await loaded.getCapabilities({})
  const invoke: App['invoke'] = (invocation, id = randomUUID()) => {
    const fn = functions.get(invocation.name)
    if (!fn) throw new Error(`the app has no function ${invocation.name}`)
    return run(fn, { model: loaded, hooks, line, id, invocation })
  }
  return { functions, httpUri: HttpUri, invoke }
}

function provideCore(core: object): void {
  const prototype = Module.prototype as unknown as { require(this: unknown, id: string): unknown }
  const real = prototype.require
  prototype.require = function (id) {
    return id === '@azure/functions-core' ? core : real.call(this, id)
  }
}

interface Run {
  readonly model: ProgrammingModel
  readonly hooks: ReadonlyMap<string, Hook[]>
  readonly line: (line: HostLine) => void
  readonly id: string
  readonly invocation: Invocation
}

async function run(fn: Registered, { model, hooks, line, id, invocation }: Run): Promise<WireAnswer> {
  const native = model.getInvocationModel({
    invocationId: id,
    metadata: { name: fn.name, bindings: fn.bindings },
    request: requestOf(fn, invocation, id),
    log: (level: string, category: string, message: string) =>
      line({ level, category, message, invocationId: id }),
  })
  const { context, inputs } = await native.getArguments()
  const shared = { hookData: {}, appHookData: {}, invocationContext: context }
  const before = { ...shared, inputs, functionCallback: fn.callback }
  for (const hook of hooks.get('preInvocation') ?? []) await hook(before)
  const after: { result: unknown; error: unknown } = { ...shared, result: null, error: null }
  try {
    after.result = await native.invokeFunction(context, before.inputs, before.functionCallback)
  } catch (error) {
    after.error = error
  }
  for (const hook of hooks.get('postInvocation') ?? []) await hook(after)
  if (after.error) throw after.error
  return native.getResponse(context, after.result)
}

function requestOf(fn: Registered, { data, metadata = {} }: Invocation, id: string): object {
  const trace = `00-${randomUUID().replaceAll('-', '')}-${randomUUID().replaceAll('-', '').slice(16)}-00`
  return {
    invocationId: id,
    functionId: fn.name,
    inputData: [{ name: triggerOf(fn).input, data }],
    triggerMetadata: metadata satisfies Readonly<Record<string, WireData>>,
    traceContext: { traceParent: trace },
  }
}

/** What calls a function: the name of the input, and its binding. */
export function triggerOf(fn: Registered): { readonly input: string; readonly binding: Binding } {
  const found = Object.entries(fn.bindings).find(([, { type }]) => /trigger$/i.test(type))
  if (!found) throw new Error(`the function ${fn.name} has no trigger`)
  return { input: found[0], binding: found[1] }
}
