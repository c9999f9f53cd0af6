import { parseArgs } from 'node:util'
import type { Finding, Stack } from '../cdktf/policy/stack.ts'
import { synthesize } from '../cdktf/policy/synthesize.ts'
import { validateStack } from '../cdktf/schema-check/validate-stack.ts'
import { WrongSetting } from './settings.ts'
import { explain } from './terminal.ts'

const HELP = `npm run infra-check -- [stack...]

Synthesizes the stacks (all nine, or those that are named: aws-dev gcp-prod) and asks terraform whether each is valid,
with the providers' schemas as the packages of bindings tell them. Needs terraform on the PATH; needs no network, no
account and no build. docs/infrastructure-checks.md tells what this finds and what it cannot. Ends with 1 where something is wrong.
`

async function main(words: readonly string[]): Promise<void> {
  const { values, positionals } = read(words)
  if (values.help) return console.log(HELP)
  const stacks = await synthesize(positionals)
  for (const stack of stacks) await check(stack)
}

function read(words: readonly string[]) {
  try {
    const options = { help: { type: 'boolean', short: 'h', default: false } } as const
    return parseArgs({ args: [...words], options, allowPositionals: true })
  } catch (cause) {
    throw new WrongSetting(`${cause instanceof Error ? cause.message : cause}\n\n${HELP}`, { cause })
  }
}

async function check({ place, json }: Stack): Promise<void> {
  const begun = performance.now()
  const found = await validateStack(JSON.stringify(json))
  const seconds = ((performance.now() - begun) / 1000).toFixed(1)
  const says = found.length === 0 ? 'valid' : `${found.length} found`
  console.log(`${place.stackId.padEnd(14)} ${says.padEnd(10)} ${seconds} s`)
  for (const finding of found) console.log(line(finding))
  if (found.some(({ severity }) => severity === 'error')) process.exitCode = 1
}

const line = ({ address, says }: Finding): string => `  ${address === '' ? 'the stack' : address}: ${says}`

try {
  await main(process.argv.slice(2))
} catch (error) {
  console.error(`skyreel: ${explain(error)}`)
  process.exitCode = 1
}
