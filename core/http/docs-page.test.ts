import { describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { docsPage } from './docs-page.ts'
import { openApiDocument } from './openapi.ts'
import { noContent } from './response.ts'
import { route } from './route.ts'

const Nested = z.object({ a: z.object({ b: z.array(z.object({ c: z.int().check(z.gte(1), z.lte(9)) })) }) })
const html = docsPage(
  openApiDocument(
    [
      route({
        method: 'POST',
        path: '/v1/x/:id',
        tag: 'T',
        access: 'user',
        summary: '<script>alert(1)</script>',
        description: 'One `code` and **two**.\n\nThree.',
        body: z.strictObject({
          title: z.string(),
          kind: z.enum(['film', 'clip']),
          note: z.optional(z.string()),
        }),
        answers: { 200: { description: 'Good', schema: Nested } },
        handler: async () => noContent(),
      }),
    ],
    { title: 'A & B', version: '1', origin: 'http://h' },
  ),
)

describe('the page of the API', () => {
  it('shows text as text, never as markup', () => {
    expect([html.includes('<script'), html.includes('&lt;script&gt;alert(1)')]).toEqual([false, true])
  })
  it('reads the little markup of descriptions', () => {
    expect(html).toContain('<p>One <code>code</code> and <strong>two</strong>.</p><p>Three.</p>')
  })
  it('says what must be sent', () => {
    expect(html).toContain('<td><code>kind</code></td><td>string</td><td><b>required</b>, film | clip</td>')
  })
  it('says what may be left out', () => {
    expect(html).toContain('<td><code>note</code></td><td>string</td><td>optional</td>')
  })
  it('writes nested fields as paths with their rules', () => {
    expect(html).toContain('<code>a.<wbr>b[].<wbr>c</code></td><td>integer</td><td>always, 1 to 9</td>')
  })
  it('has an example with token, type and the required fields', () => {
    expect(html).toContain(
      'curl -X POST &#39;http://h/v1/x/&lt;id&gt;&#39; \\\n  -H &quot;authorization: Bearer $TOKEN&quot; \\\n' +
        '  -H &#39;content-type: application/json&#39; \\\n  -d &#39;{&quot;title&quot;:&quot;Holiday by the sea&quot;,&quot;kind&quot;:&quot;film&quot;}&#39;',
    )
  })
})
