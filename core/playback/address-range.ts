/** An address as a number, with how many bits its kind has. */
interface Address {
  readonly bits: 32 | 128
  readonly value: bigint
}

/** The number of an IPv4 or IPv6 address; `undefined` for what is none. */
export function readAddress(text: string): Address | undefined {
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) {
    const bytes = text.split('.').map(Number)
    return bytes.some((byte) => byte > 255) ? undefined : { bits: 32, value: join(bytes, 8n) }
  }
  if (!/^[\da-f:.]{2,45}$/i.test(text) || !URL.canParse(`http://[${text}]`)) return undefined
  // The URL parser writes it in its canonical form: hexadecimal groups with one run of zeros left out.
  const [head = '', tail] = new URL(`http://[${text}]`).hostname.slice(1, -1).split('::')
  const groups = (part: string) =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16))
  const [before, after] = [groups(head), groups(tail ?? '')]
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => 0)
  return { bits: 128, value: join([...before, ...zeros, ...after], 16n) }
}

const join = (parts: readonly number[], bits: bigint): bigint =>
  parts.reduce((sum, part) => (sum << bits) | BigInt(part), 0n)

/**
 * The networks that make up the addresses from the first to the last, or the one of `192.0.2.0/24`, or of a single address;
 * `undefined` for what is none. Bits behind the prefix are dropped.
 */
export function cidrsOf(from: string, to?: string): readonly string[] | undefined {
  const [text = '', length] = from.split('/')
  const first = readAddress(text)
  if (!first) return undefined
  if (to !== undefined) return rangeOf(first, readAddress(to))
  const size = length === undefined ? first.bits : /^\d{1,3}$/.test(length) ? Number(length) : -1
  if (size < 0 || size > first.bits) return undefined
  const hidden = BigInt(first.bits - size)
  return [write({ ...first, value: (first.value >> hidden) << hidden }, size)]
}

/** What counts as one client: an IPv4 address, or the /64 of an IPv6 one, whose every address is its holder's to choose. */
export function clientBlock(address: string): string {
  const text = address.replace(/^::ffff:(?=\d+\.)/i, '')
  return text.includes(':') ? (cidrsOf(`${text}/64`)?.[0] ?? text) : text
}

function rangeOf(first: Address, last: Address | undefined): readonly string[] | undefined {
  if (!last || last.bits !== first.bits || last.value < first.value) return undefined
  const found: string[] = []
  for (let at = first.value; at <= last.value; ) {
    const free = largestAt(at, last.value, first.bits)
    found.push(write({ bits: first.bits, value: at }, first.bits - free))
    at += 1n << BigInt(free)
  }
  return found
}

/** How many bits a network may leave free that begins here and ends by the last address. */
function largestAt(at: bigint, last: bigint, bits: number): number {
  let free = 0
  while (free < bits && (at >> BigInt(free)) % 2n === 0n && at + (1n << BigInt(free + 1)) - 1n <= last) free++
  return free
}

function write({ bits, value }: Address, size: number): string {
  const [step, count, radix, mark] = bits === 32 ? ([8, 4, 10, '.'] as const) : ([16, 8, 16, ':'] as const)
  const parts = Array.from({ length: count }, (_, i) => {
    const shift = BigInt((count - 1 - i) * step)
    return ((value >> shift) & ((1n << BigInt(step)) - 1n)).toString(radix)
  })
  return `${parts.join(mark)}/${size}`
}
