import type { AddressInfo } from 'node:net'
import { loadApp, triggerOf } from './functions-host-core.ts'
import { openFront } from './functions-host-front.ts'
import { type FromHost, type Invocation, type Outcome, type ToHost, thrown } from './functions-host-wire.ts'

/** The host's process: `functions-host-app.ts <entry URL> <route prefix>`, with an IPC channel to its parent. */
const [entry = '', prefix = ''] = process.argv.slice(2)
const tell = (message: FromHost) => void process.send?.(message)

// The library's own server keeps a process alive, so it ends with its parent.
process.once('disconnect', () => process.exit(0))

async function start(): Promise<void> {
  const app = await loadApp(entry, (line) => tell({ is: 'line', line }))
  const failed = (error: unknown) => {
    tell({ is: 'line', line: { level: 'error', category: 'host', message: thrown(error).stack } })
  }
  const front = openFront(app, prefix, failed)
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve))
  process.on('message', (message: ToHost) => {
    if (message.is === 'stop') process.exit(0)
    void outcomeOf(app.invoke, message.invocation).then((outcome) =>
      tell({ is: 'outcome', call: message.call, outcome }),
    )
  })
  const functions = [...app.functions.values()].map((fn) => {
    const { binding } = triggerOf(fn)
    return { name: fn.name, trigger: binding.type, binding }
  })
  const { port } = front.address() as AddressInfo
  tell({ is: 'ready', ready: { port, functions, streaming: app.httpUri !== undefined } })
}

async function outcomeOf(
  invoke: (invocation: Invocation) => Promise<Partial<Record<'outputData' | 'returnValue', unknown>>>,
  invocation: Invocation,
): Promise<Outcome> {
  try {
    const { outputData, returnValue } = await invoke(invocation)
    const outputs = (outputData as { name: string; data: unknown }[] | undefined) ?? []
    return {
      outputs: Object.fromEntries(outputs.map(({ name, data }) => [name, data])),
      ...(returnValue === undefined || returnValue === null ? {} : { returned: returnValue }),
    }
  } catch (error) {
    return { outputs: {}, error: thrown(error) }
  }
}

start().catch((error: unknown) => {
  process.send?.({ is: 'failed', error: thrown(error) } satisfies FromHost, () => process.exit(1))
})
