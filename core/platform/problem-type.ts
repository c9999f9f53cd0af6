import type { OpenApi } from '../http/openapi.ts'
import { ANYWHERE } from '../http/openapi-problems.ts'
import type { ProblemType } from './wire.ts'

/** What a problem code means and which operations answer it; `undefined` for a code that nothing answers. */
export function problemType(document: OpenApi, code: string): ProblemType | undefined {
  const uses = [...ANYWHERE.map((problem) => ({ problem, operation: 'any' })), ...usesIn(document)]
  const some = uses.filter(({ problem }) => problem.code === code)
  const byMeaning = Map.groupBy(some, ({ problem }) => `${problem.status} ${problem.meaning}`)
  const meanings = [...byMeaning.values()].flatMap(([first, ...rest]) => {
    if (!first) return []
    const { status, meaning } = first.problem
    return [
      { status: Number(status), meaning, operations: [first, ...rest].map(({ operation }) => operation) },
    ]
  })
  return meanings.length === 0 ? undefined : { code, meanings }
}

function usesIn(document: OpenApi) {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, operation]) =>
      operation['x-problems'].map((problem) => ({ problem, operation: `${method.toUpperCase()} ${path}` })),
    ),
  )
}
