import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { addressesOf } from './shared/addresses.ts'
import { ALL_PLACES } from './shared/wanted-stacks.ts'
import { withStacks } from './synthesized.ts'

// Addresses of all nine stacks, one file each in cdktf/addresses: a rename is then seen in review, before Terraform destroys
// a queue to make the same one under another name.

const FOLDER = fileURLToPath(new URL('./addresses/', import.meta.url))
const HELP = `node cdktf/addresses.ts [--write]

Says which resources' addresses differ from cdktf/addresses/<stack>.txt; --write takes the new ones. What has moved on
purpose and holds data needs a "moved" block or "terraform state mv" as well: else it is destroyed and made again.
`

/** What differs from the file of this stack: `+` is new, `-` would be destroyed. */
async function differences(stack: string, now: readonly string[]): Promise<readonly string[]> {
  const text = await readFile(`${FOLDER}${stack}.txt`, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  const then = text.split('\n').filter((line) => line !== '')
  return [
    ...then.filter((address) => !now.includes(address)).map((address) => `- ${address}`),
    ...now.filter((address) => !then.includes(address)).map((address) => `+ ${address}`),
  ]
}

/** Of all nine stacks, by their ids; those without a difference are left out. */
export async function changedAddresses(
  read: (stack: string) => Promise<readonly string[]>,
): Promise<Readonly<Record<string, readonly string[]>>> {
  const all = await Promise.all(
    ALL_PLACES.map(
      async ({ stackId }) => [stackId, await differences(stackId, await read(stackId))] as const,
    ),
  )
  return Object.fromEntries(all.filter(([, lines]) => lines.length > 0))
}

async function main(words: readonly string[]): Promise<void> {
  if (words.includes('--help')) return console.log(HELP)
  await withStacks({}, async (stack) => {
    const read = async (id: string) => addressesOf(await stack(id))
    if (words.includes('--write')) return writeAll(read)
    const changed = await changedAddresses(read)
    for (const [id, lines] of Object.entries(changed)) console.log(`${id}\n  ${lines.join('\n  ')}`)
    if (Object.keys(changed).length > 0) process.exitCode = 1
  })
}

async function writeAll(read: (id: string) => Promise<readonly string[]>): Promise<void> {
  await mkdir(FOLDER, { recursive: true })
  for (const { stackId } of ALL_PLACES) {
    const lines = await read(stackId)
    await writeFile(`${FOLDER}${stackId}.txt`, `${lines.join('\n')}\n`)
    console.log(`${stackId}: ${lines.length} addresses`)
  }
}

if (import.meta.main) await main(process.argv.slice(2))
