import { readFile } from 'node:fs/promises'
import { join, posix } from 'node:path'
import type { Plugin } from 'rolldown'
import { ROOT } from '../settings.ts'
import { type BuiltFile, bundle } from './bundle.ts'
import { type Arch, deployedJobs } from './deployed.ts'
import { foreignFiles, nativeBeside } from './foreign-files.ts'
import { unusedDrivers } from './unused-drivers.ts'

// The context of the container that holds the media tools: `docker build dist/media`. One image serves three clouds.

const DOCKERFILE = 'scripts/media-image/Dockerfile'
const PACKAGER = 'shaka-packager'

/** Dockerfile, the job's bundle for all three columns, and the packager's binary for this architecture. */
export async function mediaContext({
  arch,
  say = () => undefined,
}: {
  arch: Arch
  say?: (line: string) => void
}): Promise<readonly BuiltFile[]> {
  const deployed = await deployedJobs()
  const jobs = deployed.map(({ file }) => file)
  const uses = deployed.map(({ manifest }) => manifest.uses)
  const made = await bundle({
    source: jobSource(jobs),
    plugins: [await unusedDrivers(jobs, uses), nativeBeside(), packagerBeside()],
  })
  const beside = [...(await foreignFiles(made, { arch, say })), await packagerFile(arch)]
  const app = [...made.files, ...beside].map((file) => ({ ...file, path: `app/${file.path}` }))
  return [await dockerfile(), ...app].toSorted((a, b) => (a.path < b.path ? -1 : 1))
}

/** Only the jobs' manifests: `manifests.ts` would bring every API along. */
export function jobSource(files: readonly string[]): string {
  const imports = files.map((file, at) => `import job${at} from '${posix.relative('functions/entry', file)}'`)
  const list = files.map((_, at) => `job${at}`).join(', ')
  return [
    "import { runJob } from './cloud-job.ts'",
    ...imports,
    `await runJob([${list}], process.env)`,
    '',
  ].join('\n')
}

/** What npm's layout answers in the sources, in the image a path beside the bundle does. */
function packagerBeside(): Plugin {
  const asked = `import.meta.resolve('${PACKAGER}')`
  return {
    name: 'packager-beside',
    transform: {
      filter: { id: /\/adapters\/shaka\/packager\.ts$/ },
      handler: (code) => {
        if (!code.includes(asked)) throw new Error(`adapters/shaka/packager.ts no longer asks for ${asked}`)
        return code.replace(asked, `new URL('./${PACKAGER}/index.js', import.meta.url).href`)
      },
    },
  }
}

async function packagerFile(arch: Arch): Promise<BuiltFile> {
  const path = `${PACKAGER}/bin/packager-linux-${arch}`
  const bytes = await readFile(join(ROOT, 'node_modules', path))
  return { path, bytes, mode: 0o755, part: 'file' }
}

const dockerfile = async (): Promise<BuiltFile> => ({
  path: 'Dockerfile',
  bytes: await readFile(join(ROOT, DOCKERFILE)),
  part: 'file',
})
