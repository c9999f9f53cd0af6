import type { BuiltFile } from './bundle.ts'

/** Bytes of one bundle, source maps left out. */
export interface Sizes {
  /** Loaded before a first event can be taken. */
  readonly eager: number
  /** All code but the chunks of a cloud's SDK, which are loaded at their first use. */
  readonly withoutSdk: number
  /** All code, with native and WebAssembly files. */
  readonly total: number
}

export function sizesOf(files: readonly BuiltFile[]): Sizes {
  const bytes = (...parts: readonly BuiltFile['part'][]) =>
    files
      .filter(({ part, path }) => parts.includes(part) && !path.endsWith('.map'))
      .reduce((sum, file) => sum + file.bytes.length, 0)
  return {
    eager: bytes('eager'),
    withoutSdk: bytes('eager', 'late'),
    total: bytes('eager', 'late', 'sdk', 'file'),
  }
}
