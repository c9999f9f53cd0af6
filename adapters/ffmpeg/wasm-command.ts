/**
 * A stand-in for the programs ffmpeg and ffprobe on their WebAssembly build, with the same arguments, streams and exit
 * status: `node wasm-command.ts ffprobe -v error -show_format film.mp4`. One run is one process, since a crashed core
 * must not be used again and a run never yields.
 */
import { loadWasmCore, type WasmCore } from './wasm-core.ts'
import { mountHostFiles, writeAll } from './wasm-files.ts'

const CRASHED = 70
const say = (line: string) => writeAll(2, new Int8Array(Buffer.from(`${line}\n`)), null)

const [program, ...args] = process.argv.slice(2)
process.exitCode = await runProgram(program, args)

async function runProgram(program: string | undefined, args: readonly string[]): Promise<number> {
  const core = await loadWasmCore()
  mountHostFiles(core)
  connect(core, 1)
  connect(core, 2)
  // All that still comes this way is the glue's `Aborted()`: how it says that the program called exit.
  core.setLogger(({ message }) => {
    if (!message.startsWith('Aborted')) say(message)
  })
  try {
    return statusOf(core, program, args)
  } catch (error) {
    say(`the WebAssembly core crashed: ${error instanceof Error ? error.message : String(error)}`)
    return CRASHED
  }
}

// The glue's own `exec` and `ffprobe` drop what main returns, and ffprobe returns rather than exits: it would seem
// to end with -1, well or not.
function statusOf(core: WasmCore, program: string | undefined, args: readonly string[]): number {
  if (program !== 'ffmpeg' && program !== 'ffprobe') throw new Error(`no such program: ${program}`)
  const argv = [program, ...(program === 'ffmpeg' ? ['-nostdin'] : []), ...args]
  const main = program === 'ffmpeg' ? core._ffmpeg : core._ffprobe
  try {
    return main(argv.length, core.stringsToPtr(argv))
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('Aborted') && core.ret >= 0) return core.ret
    throw error
  }
}

// Bytes, not lines: a picture may go to standard output.
function connect(core: WasmCore, fd: 1 | 2): void {
  const stream = core.FS.getStream(fd)
  if (!stream) throw new Error(`the core has no stream ${fd}`)
  const write = (_: unknown, heap: Int8Array, offset: number, length: number) =>
    writeAll(fd, heap.subarray(offset, offset + length), null)
  stream.stream_ops = { ...stream.stream_ops, write }
}
