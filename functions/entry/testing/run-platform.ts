import { openLog } from '../../../adapters/node/log.ts'
import { startPlatform } from '../local.ts'

/** A platform in a process of its own, so that a test may kill it: prints its origin on the first line. */
const [home = '', databaseUrl = ''] = process.argv.slice(2)
const log = openLog({ level: 'warn', write: (line) => void process.stderr.write(line) })
const platform = await startPlatform({ home, port: 0, log, databaseUrl, config: { unitLeaseSeconds: 3 } })
console.log(platform.origin)
process.once('SIGTERM', () => void platform.stop().then(() => process.exit(0)))
