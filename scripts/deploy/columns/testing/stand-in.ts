import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { aws, docker } from './aws-stand-in.ts'
import { az } from './azure-stand-in.ts'
import { curl, gcloud } from './gcp-stand-in.ts'
import { openState, type Tool } from './state.ts'

// Started as `aws`, `gcloud`, `az`, `docker` or `curl` by a script of that name: see stand-ins.ts.
const TOOLS: Readonly<Record<string, Tool>> = { aws, gcloud, az, docker, curl }

const [, , folder = '', name = '', ...argv] = process.argv
appendFileSync(join(folder, 'calls.jsonl'), `${JSON.stringify([name, ...argv])}\n`)
const failing = openState(join(folder, 'state.json')).get('failing')
try {
  if (typeof failing === 'string' && [name, ...argv].join(' ').includes(failing))
    throw new Error('no network')
  process.stdout.write(TOOLS[name]?.(argv, openState(join(folder, 'state.json'))) ?? '')
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
  process.exitCode = 1
}
