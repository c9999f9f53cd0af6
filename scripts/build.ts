import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { overBudget } from './budget.ts'
import { type BuiltFunction, buildAll } from './build/build-all.ts'
import { ARCHES, type Arch, CLOUDS, type Cloud, deployedFunctions } from './build/deployed.ts'
import { ROOT, WrongSetting } from './settings.ts'
import { explain, table } from './terminal.ts'

const HELP = `npm run build -- [--cloud aws|gcp|azure] [--function name] [--arch x64|arm64] [--json]

Bundles every function for every cloud, or those that are named, into dist/:

  dist/<cloud>/<function>/      what is deployed; dist/<cloud>/<function>.zip is the same, packed
  dist/media/                   context of the container for long media work (docker build dist/media)
  dist/manifest.json            sizes, and the SHA-256 of every file and zip

The same sources make the same bytes. --cloud and --function may be given several times; --function leaves the media
context alone. --arch (x64) is that of AWS functions and of the container: Google and Azure run functions on x64 alone.
Ends with 1 when a function is over its budget (scripts/budget.ts).
`

async function main(words: readonly string[]): Promise<void> {
  const { values } = read(words)
  if (values.help) return console.log(HELP)
  const begun = performance.now()
  const all = await deployedFunctions()
  const names = values.function ?? []
  const functions = all.filter(({ manifest }) => names.length === 0 || names.includes(manifest.name))
  const unknown = names.find((name) => !all.some(({ manifest }) => manifest.name === name))
  if (unknown) throw new WrongSetting(`there is no function ${unknown}; try --help`)
  const built = await buildAll({
    out: join(ROOT, 'dist'),
    clouds: (values.cloud ?? CLOUDS).map((cloud) => oneOf(CLOUDS, cloud, '--cloud')),
    arch: oneOf(ARCHES, values.arch, '--arch'),
    ...{ functions, whole: names.length === 0 },
    say: (line) => console.error(line),
  })
  print(built, { json: values.json, seconds: (performance.now() - begun) / 1000 })
}

function read(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      options: {
        help: { type: 'boolean', short: 'h', default: false },
        json: { type: 'boolean', default: false },
        cloud: { type: 'string', multiple: true },
        function: { type: 'string', multiple: true },
        arch: { type: 'string', default: 'x64' },
      },
    })
  } catch (cause) {
    throw new WrongSetting(`${cause instanceof Error ? cause.message : cause}\n\n${HELP}`, { cause })
  }
}

function oneOf<T extends Cloud | Arch>(known: readonly T[], word: string, option: string): T {
  const found = known.find((one) => one === word)
  if (found === undefined) throw new WrongSetting(`${option} is one of ${known.join(', ')}, not ${word}`)
  return found
}

function print(built: readonly BuiltFunction[], { json, seconds }: { json: boolean; seconds: number }): void {
  const over = built.flatMap(({ folder, sizes, deployed }) =>
    overBudget(sizes, deployed.manifest.bundle?.reason).map((says) => `${folder}: ${says}`),
  )
  if (json) console.log(JSON.stringify({ seconds, over, functions: built.map(facts) }, null, 2))
  else console.log(`${sizeTable(built)}\n\n${built.length} bundles in ${seconds.toFixed(1)} s`)
  for (const line of over) console.error(`over its budget: ${line}`)
  if (over.length > 0) process.exitCode = 1
}

const facts = ({ folder, sizes, zip }: BuiltFunction) => ({
  folder,
  ...sizes,
  zip: zip.bytes,
  sha256: zip.sha256,
})

function sizeTable(built: readonly BuiltFunction[]): string {
  const rows = built.map(({ folder, sizes, zip }) => [
    folder,
    ...[sizes.eager, sizes.withoutSdk, sizes.total, zip.bytes].map(kilobytes),
  ])
  return table(['kB', 'eager', 'without SDK', 'total', 'zip'], rows)
}

const kilobytes = (bytes: number) => (bytes / 1000).toFixed(1)

if (import.meta.main)
  await main(process.argv.slice(2)).catch((error: unknown) => {
    console.error(`skyreel: ${explain(error)}`)
    process.exitCode = 1
  })
