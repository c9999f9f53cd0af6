import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'

export interface Certified {
  readonly name: string
  readonly pem: string
  readonly key: KeyObject
}

export interface Wish {
  readonly name: string
  /** Who signs it; without it the certificate signs itself. */
  readonly by?: Certified
  readonly ca?: boolean
  readonly until?: Date
}

/** A real X.509 certificate, written by hand: nothing that is installed here makes one. RFC 5280, section 4.1. */
export function certificate({
  name,
  by,
  ca = false,
  until = new Date('2049-01-01T00:00:00Z'),
}: Wish): Certified {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const algorithm = der(0x30, oid('2a864886f70d01010b'), der(0x05))
  const basic = der(
    0x30,
    oid('551d13'),
    der(0x01, Buffer.of(0xff)),
    der(0x04, der(0x30, ...(ca ? [der(0x01, Buffer.of(0xff))] : []))),
  )
  serial += 1
  const facts = der(
    0x30,
    der(0xa0, der(0x02, Buffer.of(2))),
    der(0x02, Buffer.of(serial)),
    algorithm,
    nameOf(by?.name ?? name),
    der(0x30, time(new Date('2020-01-01T00:00:00Z')), time(until)),
    nameOf(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, der(0x30, basic)),
  )
  const signature = sign('sha256', facts, by?.key ?? privateKey)
  const bytes = der(0x30, facts, algorithm, der(0x03, Buffer.of(0), signature))
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? []
  return {
    name,
    key: privateKey,
    pem: ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n'),
  }
}

let serial = 0

function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts)
  const length = content.length
  const head = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.of(tag, ...head), content])
}

const oid = (hex: string) => der(0x06, Buffer.from(hex, 'hex'))
const nameOf = (name: string) => der(0x30, der(0x31, der(0x30, oid('550403'), der(0x0c, Buffer.from(name)))))
// Two digits of the year, as until 2049.
const time = (at: Date) => der(0x17, Buffer.from(`${at.toISOString().slice(2, 19).replace(/[-:T]/g, '')}Z`))
