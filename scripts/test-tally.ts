import type { Reporter, TestModule } from 'vitest/node'

/** Counts a run of vitest and remembers why tests were skipped. */
export class Tally implements Reporter {
  passed = 0
  failed = 0
  readonly skipped: { readonly test: string; readonly because: string }[] = []

  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
    this.failed += unhandled.length
    for (const module of modules) this.#count(module)
  }

  #count(module: TestModule): void {
    const before = this.failed
    for (const test of module.children.allTests()) {
      const result = test.result()
      if (result.state === 'passed') this.passed++
      else if (result.state === 'failed') this.failed++
      else
        this.skipped.push({
          test: `${module.relativeModuleId} > ${test.fullName}`,
          because: reasonOf(result, test.fullName),
        })
    }
    // A file that cannot be loaded, or whose beforeAll fails, has no failed test: it counts as one.
    if (module.state() === 'failed' && this.failed === before) this.failed++
  }

  /** The last line of a run, for people and machines. */
  line(): string {
    return `${this.passed} passed, ${this.failed} failed, ${this.skipped.length} skipped`
  }

  /** Skips by reason, each with its tests. */
  reasons(): string {
    const groups = Map.groupBy(this.skipped, ({ because }) => because)
    return [...groups]
      .map(
        ([because, tests]) =>
          `skipped because ${because}:\n${tests.map(({ test }) => `  ${test}`).join('\n')}`,
      )
      .join('\n')
  }
}

type Result = { readonly state: string; readonly note?: string | undefined }

/** Of a suite that was skipped whole, its title tells: `S3 (skipped: radosgw is not installed)`. */
const reasonOf = (result: Result, fullName: string): string => {
  if (result.state === 'pending') return 'the run ended before it'
  return result.note ?? /\((?:skipped: )?(.+?)\)(?= > )/.exec(fullName)?.[1] ?? 'no reason was given'
}
