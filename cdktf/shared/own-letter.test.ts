import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { OWN_LETTER } from './own-letter.ts'

const logged = (path: string): readonly string[] =>
  [
    ...readFileSync(new URL(`../../core/run/${path}`, import.meta.url), 'utf8').matchAll(
      /log\.error\('(.*?)'/g,
    ),
  ].map(([, message = '']) => message)

describe('the words of a dead letter of our own', () => {
  it.each(['deliver.ts', 'consume.ts', 'sweep-outbox.ts'])('end the line that %s writes', (path) => {
    expect(logged(path).filter((message) => message.endsWith(OWN_LETTER))).toHaveLength(1)
  })
})
