import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { loadManifests } from './manifests.ts'
import { WEBHOOK_SWEEP, WEBHOOK_TROUBLE } from './webhook-trouble.ts'

const source = readFileSync(new URL('../../core/webhooks/sweep.ts', import.meta.url), 'utf8')
const logged = [...source.matchAll(/log\.error\('(.*?)'/g)].map(([, message = '']) => message)

describe('the words of webhooks in trouble', () => {
  it.each(WEBHOOK_TROUBLE)('"%s" begin a line that the sweep writes', (words) => {
    expect(logged.filter((message) => message.startsWith(words))).toHaveLength(1)
  })
  it('are written by a function that is deployed', async () => {
    expect((await loadManifests()).map(({ name }) => name)).toContain(WEBHOOK_SWEEP)
  })
})
