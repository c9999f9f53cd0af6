import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'

/** The server's side of a WebSocket (RFC 6455) that carries bytes: no extensions, no fragments, which the client sends none of. */
export interface ByteSocket {
  send(bytes: Uint8Array): void
  close(): void
}

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
const [BINARY, CLOSE, PING, PONG] = [0x2, 0x8, 0x9, 0xa]

/** Answers the handshake. `onBytes` gets each message's bytes, `onEnd` is called once when the client is gone. */
export function acceptWebSocket(
  request: IncomingMessage,
  stream: Duplex,
  on: { bytes(bytes: Buffer): void; end(): void },
): ByteSocket {
  const accept = createHash('sha1').update(`${request.headers['sec-websocket-key']}${GUID}`).digest('base64')
  stream.write(
    `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: ${accept}\r\n\r\n`,
  )
  const send = (opcode: number, bytes: Uint8Array) => {
    if (stream.writable) stream.write(frame(opcode, bytes))
  }
  const close = () => {
    send(CLOSE, new Uint8Array(0))
    stream.end()
  }
  let rest: Buffer = Buffer.alloc(0)
  stream.on('data', (more: Buffer) => {
    rest = Buffer.concat([rest, more])
    for (let next = readFrame(rest); next !== undefined; next = readFrame(rest)) {
      rest = rest.subarray(next.length)
      if (next.opcode === BINARY) on.bytes(next.payload)
      else if (next.opcode === PING) send(PONG, next.payload)
      else if (next.opcode === CLOSE) close()
      else throw new Error(`a frame with the opcode ${next.opcode} was not to be expected`)
    }
  })
  stream.on('error', () => stream.destroy())
  stream.once('close', () => on.end())
  return { send: (bytes) => send(BINARY, bytes), close }
}

function frame(opcode: number, bytes: Uint8Array): Buffer {
  const { byteLength } = bytes
  const head = Buffer.alloc(byteLength < 126 ? 2 : byteLength < 65_536 ? 4 : 10)
  head[0] = 0x80 | opcode
  head[1] = byteLength < 126 ? byteLength : byteLength < 65_536 ? 126 : 127
  if (head.length === 4) head.writeUInt16BE(byteLength, 2)
  if (head.length === 10) head.writeBigUInt64BE(BigInt(byteLength), 2)
  return Buffer.concat([head, bytes])
}

interface Frame {
  readonly opcode: number
  readonly payload: Buffer
  /** Of the whole frame. */
  readonly length: number
}

/** The first frame of the bytes, unmasked; undefined where it is not whole. */
function readFrame(bytes: Buffer): Frame | undefined {
  if (bytes.length < 2) return undefined
  const short = bytes.readUInt8(1) & 0x7f
  const start = short < 126 ? 2 : short === 126 ? 4 : 10
  if (bytes.length < start + 4) return undefined
  const size = short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2))
  const length = start + 4 + size
  if (bytes.length < length) return undefined
  const mask = bytes.subarray(start, start + 4)
  const payload = Buffer.from(bytes.subarray(start + 4, length))
  for (let i = 0; i < size; i += 1) payload[i] = (payload[i] ?? 0) ^ (mask[i & 3] ?? 0)
  return { opcode: bytes.readUInt8(0) & 0x0f, payload, length }
}
