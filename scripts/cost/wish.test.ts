import { describe, expect, it } from 'vitest'
import { readWish } from './wish.ts'

describe('the arguments of npm run cost', () => {
  it.each([
    ['--requests -1', '--requests must be a whole number of at least 0 such as 1000, not "-1"'],
    ['--requests 1.5', '--requests must be a whole number'],
    ['--requests 1e9', '--requests must be a whole number'],
    ['--requests 99999999999999999', '--requests must be a whole number'],
    ['--viewers', '--viewers must be a whole number of at least 0 such as 1000, not ""'],
    ['--mbps fast', '--mbps must be a number of at least 0 such as 2.5, not "fast"'],
    ['--cloud ibm', '--cloud must be one of aws, gcp, azure, not "ibm"'],
    ['--env test', '--env must be one of dev, staging, prod, not "test"'],
    ['--minutes 1 --minutes 2', '--minutes is given twice'],
    ['--views 3', 'there is no option --views'],
  ])('%s is refused with its rule', (words, rule) => {
    expect(() => readWish(words.split(' '))).toThrow(rule)
  })
  it('may be glued to their values', () => {
    expect(readWish(['--requests=7', '--cloud=gcp'])).toMatchObject({
      clouds: ['gcp'],
      traffic: { requests: 7 },
    })
  })
  it('keep as many minutes as are uploaded where nothing else is said', () => {
    expect(readWish(['--minutes', '9']).traffic.kept).toBe(9)
  })
})
