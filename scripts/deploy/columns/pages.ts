import { readdirSync } from 'node:fs'
import { extname, join } from 'node:path'
import { contentType } from '../../../adapters/node/content-type.ts'
import { PAGE_FOLDERS } from '../../../cdktf/shared/page-folders.ts'

/** Pages of one type that are kept equally long: what one upload takes. */
export interface PageGroup {
  /** Folder below dist/web, `''` for the pages themselves. */
  readonly folder: '' | 'assets'
  /** `.js`, with its dot. */
  readonly extension: string
  readonly contentType: string
  readonly cacheControl: string
  /** Paths below dist/web. */
  readonly files: readonly string[]
}

export interface Pages {
  /** Those whose names are hashes come first: no page names a file that is not there yet. */
  readonly groups: readonly PageGroup[]
  /** Paths under which the CDN may still hold the pages before. */
  readonly changed: readonly string[]
}

const IMMUTABLE = 'public, max-age=31536000, immutable'
/** As the local server says it: a page is asked for each time, an asset never again. */
const cacheOf = (folder: PageGroup['folder']) => (folder === 'assets' ? IMMUTABLE : 'no-cache')

/** What the build makes today: shown by a dry run before the first build. */
const USUAL = [
  ...['assets/a.css', 'assets/a.js', 'assets/a.svg', 'assets/a.wasm'],
  ...PAGE_FOLDERS.map((folder) => `${folder.slice(1)}index.html`),
]

/** The built pages. The compressed siblings stay behind: the CDNs compress by themselves. */
export function pagesOf(dist: string, list = listFiles): Pages {
  const files = list(join(dist, 'web')).filter(isPage)
  const shown = files.length === 0 ? USUAL : files
  return {
    groups: groupsOf(shown),
    changed: shown.filter((file) => extname(file) === '.html').flatMap(pathsOf),
  }
}

/** Files of the folder and below it, with `/`; none where there is no such folder. */
function listFiles(folder: string): readonly string[] {
  try {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
    const files = entries.filter((entry) => entry.isFile())
    return files.map(({ parentPath, name }) =>
      join(parentPath, name)
        .slice(folder.length + 1)
        .replaceAll('\\', '/'),
    )
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

const isPage = (file: string) => !/\.(br|gz)$/.test(file) && !/(^|\/)\./.test(file)

function groupsOf(files: readonly string[]): PageGroup[] {
  const of = (folder: PageGroup['folder']) => {
    const those = files.filter((file) => file.startsWith('assets/') === (folder === 'assets')).sort()
    const extensions = [...new Set(those.map((file) => extname(file)))].sort()
    return extensions.map((extension) =>
      group(
        folder,
        extension,
        those.filter((file) => extname(file) === extension),
      ),
    )
  }
  return [...of('assets'), ...of('')]
}

const group = (folder: PageGroup['folder'], extension: string, files: readonly string[]): PageGroup => ({
  ...{ folder, extension, files, cacheControl: cacheOf(folder) },
  contentType: contentType(`page${extension}`),
})

/** `studio/index.html` is shown as /studio/index.html, /studio/ and /studio. */
function pathsOf(file: string): string[] {
  const folder = `/${file.replace(/index\.html$/, '')}`
  return [...new Set([`/${file}`, folder, folder.replace(/(.)\/$/, '$1')])]
}
