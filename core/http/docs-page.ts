import { createHash } from 'node:crypto'
import { curlOf } from './docs-page-curl.ts'
import { ANSWER_WORDS, fieldTable, INPUT_WORDS } from './docs-page-fields.ts'
import { DOCS_STYLE } from './docs-page-style.ts'
import { escapeHtml } from './html.ts'
import type { Media, OpenApi, Operation } from './openapi.ts'
import type { JsonSchema } from './openapi-schema.ts'

/** Style by hash, nothing else: the page holds no script and loads nothing. */
export const DOCS_CSP = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(DOCS_STYLE).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`

interface Shown {
  readonly method: string
  readonly path: string
  readonly operation: Operation
}

/** The document as one HTML page for people: self-contained, no script. */
export function docsPage(document: OpenApi): string {
  const operations = operationsOf(document)
  const { title, version, description = '' } = document.info
  const sections = document.tags.map(({ name }) => section(name, operations, document)).join('')
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title><style>${DOCS_STYLE}</style></head>
<body><a class="skip" href="#main">To the operations</a>
<nav aria-label="Operations">${document.tags.map(({ name }) => navGroup(name, operations)).join('')}</nav>
<main id="main"><header><h1>${escapeHtml(title)}</h1><p class="version">Version ${escapeHtml(version)} ·
<a href="/openapi.json">openapi.json</a> · <code>${escapeHtml(document.servers[0]?.url ?? '')}</code></p>
${paragraphs(description)}</header>${sections}</main></body></html>`
}

function operationsOf(document: OpenApi): Shown[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  )
}

const tagged = (name: string, all: readonly Shown[]) =>
  all.filter(({ operation }) => operation.tags.includes(name))

function navGroup(name: string, all: readonly Shown[]): string {
  const links = tagged(name, all).map(
    ({ method, path, operation }) =>
      `<li><a href="#${operation.operationId}"><span class="m ${method}">${method}</span> ${breakable(path)}</a></li>`,
  )
  return `<h2>${escapeHtml(name)}</h2><ul>${links.join('')}</ul>`
}

function section(name: string, all: readonly Shown[], document: OpenApi): string {
  const articles = tagged(name, all).map((shown) => article(shown, document))
  return `<section><h2>${escapeHtml(name)}</h2>${articles.join('')}</section>`
}

function article(shown: Shown, document: OpenApi): string {
  const { method, path, operation } = shown
  return `<article id="${operation.operationId}">
<h3><a href="#${operation.operationId}"><span class="m ${method}">${method}</span> <code>${breakable(path)}</code></a></h3>
<p class="summary">${escapeHtml(operation.summary)} ${access(operation)}</p>
${paragraphs(operation.description ?? '')}
${parameters(operation, document)}${requestBody(operation, document)}${answers(operation, document)}${problems(operation)}
<h4>Example</h4><pre tabindex="0"><code>${escapeHtml(curlOf(shown, document))}</code></pre></article>`
}

const LOCKS = { public: 'open to anybody', optional: 'token optional', user: 'needs a token' } as const

function access({ security }: Operation): string {
  const kind = security.length === 0 ? 'public' : security.length === 1 ? 'user' : 'optional'
  return `<span class="lock ${kind}">${LOCKS[kind]}</span>`
}

function parameters({ parameters }: Operation, document: OpenApi): string {
  return ['path', 'query'].map((where) => parametersIn(where, parameters, document)).join('')
}

function parametersIn(where: string, all: Operation['parameters'], document: OpenApi): string {
  const some = all.filter((parameter) => parameter.in === where)
  if (some.length === 0) return ''
  const properties = Object.fromEntries(some.map((parameter) => [parameter.name, parameter.schema]))
  const required = some.filter((parameter) => parameter.required).map((parameter) => parameter.name)
  return `<h4>In the ${where}</h4>${fieldTable({ type: 'object', properties, required }, document, INPUT_WORDS)}`
}

function requestBody({ requestBody: body }: Operation, document: OpenApi): string {
  if (!body) return ''
  const limit = body['x-max-bytes']
  const note = limit === undefined ? '' : ` <small>at most ${limit} bytes</small>`
  return `<h4>Body: ${mediaTypes(body.content)}${note}</h4>${mediaTable(body.content, document)}`
}

function answers({ responses }: Operation, document: OpenApi): string {
  const good = Object.entries(responses).filter(([status]) => !/^[45]/.test(status))
  const shown = good.map(([status, { description, content = {} }]) => {
    const head = `<span class="status">${status}</span> ${escapeHtml(description)} <small>${mediaTypes(content)}</small>`
    const table = mediaTable(content, document, ANSWER_WORDS)
    return table === '' ? `<p>${head}</p>` : `<details><summary>${head}</summary>${table}</details>`
  })
  return `<h4>Answers</h4>${shown.join('')}`
}

function problems({ 'x-problems': all }: Operation): string {
  if (all.length === 0) return ''
  const rows = all.map(
    ({ status, code, meaning }) =>
      `<tr><td><span class="status bad">${status}</span></td><td><code>${escapeHtml(code)}</code></td><td>${marked(escapeHtml(meaning))}</td></tr>`,
  )
  return `<details><summary>Problems (${all.length}) <small>application/problem+json</small></summary>
<div class="wide" tabindex="0"><table><tbody>${rows.join('')}</tbody></table></div></details>`
}

const mediaTypes = (content: Media) => Object.keys(content).map(escapeHtml).join(', ')

function mediaTable(content: Media, document: OpenApi, words = INPUT_WORDS): string {
  const schema: JsonSchema | undefined = Object.values(content)[0]?.schema
  return schema ? fieldTable(schema, document, words) : ''
}

/** The little of CommonMark that descriptions use: paragraphs, `code` and **strong**. */
function paragraphs(text: string): string {
  const parts = text.split(/\n{2,}/).filter((part) => part.trim() !== '')
  return parts.map((part) => `<p>${marked(escapeHtml(part))}</p>`).join('')
}

const marked = (html: string) =>
  html.replace(/`([^`]+)`/g, '<code>$1</code>').replace(/\*\*([^*]+)\*\*/g, '<strong>$1</strong>')

/** A long path may break behind its slashes on a narrow screen. */
const breakable = (path: string) => escapeHtml(path).replaceAll('/', '/<wbr>')
