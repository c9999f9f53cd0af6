import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline/promises'
import { openLog } from '../adapters/node/log.ts'
import {
  type NetworkRow,
  networkFacts,
  readNetworkLine,
  replaceNetworks,
  WrongNetwork,
} from '../core/playback/networks.ts'
import { networkOf } from '../core/playback/where.ts'
import type { Uses } from '../core/ports/ports.ts'
import { openPlatformDatabase } from './platform-database.ts'
import { readSettings, WrongSetting } from './settings.ts'
import { explain, progressLine } from './terminal.ts'

const HELP = `npm run networks -- import <file.csv> | look <address> | status

Where networks are, by which films with rules for countries and against VPNs are shown. An import takes the place of all
that is there, in one transaction, while the platform runs. Tables are sold by several vendors, and given away by some.

  import   lines "network,country,anonymous" (192.0.2.0/24,DE,false; anonymous may be left out) or "start,end,country"
           (192.0.2.0,192.0.2.255,DE). A head line is passed over; a line that cannot be read stops the import, and
           so does a file without networks: what was there before stays.
  look     what the table says about an address
  status   how many networks it holds

  SKYREEL_HOME, DATABASE_URL                     as for npm start
`

async function main(words: readonly string[]): Promise<void> {
  if (words.some((word) => word === '--help' || word === '-h')) return console.log(HELP)
  const act = command(words)
  const log = openLog({ level: 'warn', pretty: true, write: (text) => void process.stderr.write(text) })
  await using database = await openPlatformDatabase(readSettings(process.env), log)
  await act({ db: database.db })
}

function command([verb = 'status', what, ...more]: readonly string[]): (uses: Uses<'db'>) => Promise<void> {
  if (verb === 'status' && what === undefined) return status
  if ((verb !== 'import' && verb !== 'look') || what === undefined || more.length > 0)
    throw new WrongSetting(HELP)
  return (uses) => (verb === 'import' ? importFile(uses, what) : look(uses, what))
}

async function status(uses: Uses<'db'>): Promise<void> {
  const { networks, countries, anonymous } = await networkFacts(uses)
  console.log(`${networks} networks in ${countries} countries, ${anonymous} of them anonymous.`)
}

async function look({ db }: Uses<'db'>, address: string): Promise<void> {
  const found = await networkOf(db, address)
  if (!found) return console.log(`${address} is in no network of the table.`)
  const country = found.country ?? 'no known country'
  console.log(`${address} is in ${found.network}: ${country}${found.anonymous ? ', anonymous' : ''}.`)
}

async function importFile(uses: Uses<'db'>, file: string): Promise<void> {
  const line = progressLine(process.stdout)
  const count = await replaceNetworks(uses, networksIn(file), (done) =>
    line.show(`${done} networks`, String(Math.floor(done / 100_000))),
  )
  line.clear()
  console.log(`${count} networks of ${file} are in place.`)
}

async function* networksIn(file: string): AsyncGenerator<NetworkRow> {
  let number = 0
  for await (const line of createInterface({
    input: createReadStream(file),
    crlfDelay: Number.POSITIVE_INFINITY,
  })) {
    number++
    try {
      yield* readNetworkLine(line)
    } catch (error) {
      if (!(error instanceof WrongNetwork)) throw error
      throw new WrongSetting(`${file}, line ${number} ${error.message}`)
    }
  }
}

await main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(`skyreel: ${explain(error)}`)
  process.exitCode = 1
})
