import { exampleOf } from './example.ts'
import type { OpenApi, Operation } from './openapi.ts'

/** A `curl` command that calls the operation, with its required fields filled in. */
export function curlOf(
  shown: { method: string; path: string; operation: Operation },
  document: OpenApi,
): string {
  const { method, path, operation } = shown
  const origin = document.servers[0]?.url ?? ''
  const url = `'${origin}${path.replace(/\{(\w+)\}/g, '<$1>')}${requiredQuery(operation)}'`
  const lines = [method === 'GET' ? `curl ${url}` : `curl -X ${method} ${url}`]
  if (operation.security.length === 1) lines.push(`-H "authorization: Bearer $TOKEN"`)
  return [...lines, ...bodyLines(operation, document)].join(' \\\n  ')
}

function requiredQuery({ parameters }: Operation): string {
  const some = parameters.filter((parameter) => parameter.in === 'query' && parameter.required)
  return some.length === 0 ? '' : `?${some.map(({ name }) => `${name}=<${name}>`).join('&')}`
}

function bodyLines({ requestBody }: Operation, document: OpenApi): string[] {
  const [type, media] = Object.entries(requestBody?.content ?? {})[0] ?? []
  if (type === undefined) return []
  const header = `-H 'content-type: ${type}'`
  if (!media?.schema) return [header, "--data-binary '@<file>'"]
  return [header, `-d '${JSON.stringify(exampleOf(media.schema, document)).replaceAll("'", "'\\''")}'`]
}
