import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, relative, resolve } from 'node:path'
import { postmanCollection } from '../core/http/postman.ts'
import { describeApi } from '../core/platform/http.ts'
import { httpFunctions } from '../functions/entry/manifests.ts'
import { ROOT, readSettings, WrongSetting } from './settings.ts'
import { explain } from './terminal.ts'

const HELP = `npm run postman -- [file]

Writes the whole API as a Postman collection (2.1), to dist/skyreel.postman_collection.json or to the file.
Import it, set baseUrl if need be, send "Make an account and sign in": the other requests then carry its token.

  PORT   8080   of the base URL
`
const DEFAULT_FILE = 'dist/skyreel.postman_collection.json'

async function main(words: readonly string[]): Promise<void> {
  if (words.some((word) => word === '--help' || word === '-h')) return console.log(HELP)
  const [name, ...more] = words
  if (more.length > 0 || name?.startsWith('-')) throw new WrongSetting(HELP)
  const file = name === undefined ? resolve(ROOT, DEFAULT_FILE) : resolve(process.env.INIT_CWD ?? '.', name)
  const routes = httpFunctions.flatMap((fn) => fn.routes)
  const document = describeApi(routes, `http://localhost:${readSettings(process.env).port}`)
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, `${JSON.stringify(postmanCollection(document), null, 2)}\n`)
  const shown = relative(ROOT, file)
  console.log(`${routes.length} requests are in ${shown.startsWith('..') ? file : shown}`)
}

await main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(`skyreel: ${explain(error)}`)
  process.exitCode = 1
})
