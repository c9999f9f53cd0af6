import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestColumn, type TestColumn } from '../../adapters/local/testing/column.ts'
import { type NetworkRow, networkFacts, readNetworkLine, replaceNetworks, WrongNetwork } from './networks.ts'
import { placeOf } from './where.ts'

let at: TestColumn
const LINES = [
  'network,country,anonymous',
  '192.0.2.0/24,DE,false',
  '192.0.2.128/25,AT,false',
  '192.0.2.200/32,,true',
  '198.51.100.0,198.51.100.255,FR',
  '"203.0.113.0","203.0.113.127","us"',
  '2001:db8::/32,CH,false',
]
async function* rowsOf(lines: readonly string[]): AsyncGenerator<NetworkRow> {
  for (const line of lines) yield* readNetworkLine(line)
}
beforeAll(async () => {
  at = await openTestColumn({ config: { countryHeader: 'x-edge-country' } })
  await replaceNetworks(at.ports, rowsOf(LINES))
})
afterAll(() => at[Symbol.asyncDispose]())

const place = (clientIp: string, told?: string) =>
  placeOf(at.ports, { clientIp, headers: told === undefined ? {} : { 'x-edge-country': told } })

describe('where a client is', () => {
  it.each([
    ['192.0.2.1', { country: 'DE', anonymous: false }],
    ['192.0.2.129', { country: 'AT', anonymous: false }],
    ['192.0.2.200', { anonymous: true }],
    ['198.51.100.255', { country: 'FR', anonymous: false }],
    ['203.0.113.5', { country: 'US', anonymous: false }],
    ['203.0.113.128', { anonymous: false }],
    ['2001:db8:1::1', { country: 'CH', anonymous: false }],
    ['::ffff:192.0.2.1', { country: 'DE', anonymous: false }],
    ['unknown', { anonymous: false }],
    ["1'; drop table networks", { anonymous: false }],
    ['999.1.1.1', { anonymous: false }],
    [':::', { anonymous: false }],
  ])('by its address %s: %j', async (address, found) => {
    expect(await place(address)).toEqual(found)
  })
  it.each([
    ['FR', { country: 'FR', anonymous: false }],
    ['fr', { anonymous: false }],
    ['XX', { anonymous: false }],
    ['T1', { anonymous: true }],
    ['FR, DE', { anonymous: false }],
  ])('by the edge’s header %s, where the table does not know: %j', async (told, found) => {
    expect(await place('203.0.113.200', told)).toEqual(found)
  })
  it('by the table before the header', async () => {
    expect(await place('192.0.2.1', 'FR')).toEqual({ country: 'DE', anonymous: false })
  })
  it('is not told by a header that the settings do not name', async () => {
    const { config, ...ports } = at.ports
    const { countryHeader: _named, ...without } = config
    const headers = { 'x-edge-country': 'FR', 'cf-ipcountry': 'FR' }
    expect(await placeOf({ ...ports, config: without }, { clientIp: '203.0.113.200', headers })).toEqual({
      anonymous: false,
    })
  })
})

describe('a table of networks', () => {
  it.each(['here,DE', '192.0.2.0/24,QQ', '192.0.2.0/24,DE,perhaps', '192.0.2.9,192.0.2.1,DE'])(
    'is not read from the line %s',
    (line) => {
      expect(() => readNetworkLine(line)).toThrow(WrongNetwork)
    },
  )
  it('that breaks off leaves the one before in place', async () => {
    const before = await networkFacts(at.ports)
    await expect(replaceNetworks(at.ports, rowsOf(['192.0.2.0/24,DE', 'here,DE']))).rejects.toThrow(
      WrongNetwork,
    )
    expect(await networkFacts(at.ports)).toEqual(before)
  })
  it('that holds nothing leaves the one before in place', async () => {
    const before = await networkFacts(at.ports)
    await expect(replaceNetworks(at.ports, rowsOf(['network,country,anonymous']))).rejects.toThrow(
      WrongNetwork,
    )
    expect(await networkFacts(at.ports)).toEqual(before)
  })
  it('that names a network twice goes by the last line', async () => {
    await using other = await openTestColumn()
    await replaceNetworks(other.ports, rowsOf(['192.0.2.0/24,DE', '192.0.2.7/24,FR']))
    const found = await placeOf(other.ports, { clientIp: '192.0.2.1', headers: {} })
    expect([found.country, (await networkFacts(other.ports)).networks]).toEqual(['FR', 1])
  })
})
