import { execFile } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { type Argv, piped, quoted, sh, together, unlessSays, whereSays } from './pipes.ts'

interface Ended {
  readonly status: number
  readonly said: string
}
const run = ([program, ...args]: Argv): Promise<Ended> =>
  new Promise((resolve) => {
    execFile(program, args, (error, stdout) => {
      resolve({ status: error === null ? 0 : Number(error.code), said: stdout.trim() })
    })
  })

describe('a pipe between two tools', () => {
  it('hands over what the first prints', async () => {
    expect(await run(piped(['echo', `it's $HOME`], ['cat', '/dev/stdin']))).toEqual({
      status: 0,
      said: `it's $HOME`,
    })
  })
  it('starts nothing where the first fails', async () => {
    expect(await run(piped(['false'], ['echo', 'started']))).toEqual({ status: 1, said: '' })
  })
  it('starts nothing where the first says nothing', async () => {
    expect(await run(piped(['true'], ['echo', 'started']))).toEqual({ status: 1, said: '' })
  })
})

describe('several answers together', () => {
  it('are one JSON object', async () => {
    const line = together({ a: quoted(['echo', '[1]']), b: quoted(['echo', '{"c": "d\'e"}']) })
    expect(JSON.parse((await run(sh(line))).said)).toEqual({ a: [1], b: { c: "d'e" } })
  })
  it('fail with the first that fails', async () => {
    expect(await run(sh(together({ a: 'false', b: 'echo 1' })))).toMatchObject({ status: 1 })
  })
})

describe('what depends on an answer', () => {
  it('is done where it fits', async () => {
    expect(await run(whereSays(['echo', 'Enabled 51'], "'Enabled '*1", 'echo done'))).toMatchObject({
      said: 'done',
    })
  })
  it('is left out where it fits the exception', async () => {
    const { said } = await run(unlessSays(['echo', 'Enabled 2'], "'Enabled '*2", ['echo', 'done']))
    expect(said).toBe('nothing to do: Enabled 2')
  })
  it('fails where there is no answer', async () => {
    expect(await run(unlessSays(['false'], 'x', ['echo', 'done']))).toEqual({ status: 1, said: '' })
  })
})
