import { readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { fileURLToPath } from 'node:url'

const BINDING = '/node_modules/@cdktf/provider-'
const SOURCE_MAP = '//# sourceMappingURL='

/**
 * Providers' bindings are from now on read without the source maps in them, and as the CommonJS that they are. Three quarters
 * of each file is its map, and Node would keep the text in three copies to find out what kind of module it is: of 260 MB for
 * six stacks that was 75.
 */
export function loadBindingsPlainly(): void {
  registerHooks({
    load: (url, context, next) => {
      if (!url.includes(BINDING)) return next(url, context)
      const source = withoutMap(readFileSync(fileURLToPath(url)))
      return { format: 'commonjs', source, shortCircuit: true }
    },
  })
}

function withoutMap(source: Buffer): Buffer {
  const at = source.lastIndexOf(SOURCE_MAP)
  return at === -1 ? source : source.subarray(0, at)
}
