/**
 * A stand-in for the programs ffmpeg and ffprobe on their WebAssembly build, with the same arguments, streams and exit
 * status: `node wasm-command.ts ffprobe -v error -show_format film.mp4`. One run is one process, since a crashed core
 * must not be used again and a run never yields.
 */
import { connectOutput, loadWasmCore, runProgram } from './wasm-core.ts'
import { mountHostFiles, writeAll } from './wasm-files.ts'

const CRASHED = 70
const say = (line: string) => writeAll(2, new Int8Array(Buffer.from(`${line}\n`)), null)

const [program, ...args] = process.argv.slice(2)
process.exitCode = await runCommand(program, args)

async function runCommand(program: string | undefined, args: readonly string[]): Promise<number> {
  const core = await loadWasmCore()
  mountHostFiles(core)
  // Bytes, not lines: a picture may go to standard output.
  connectOutput(core, 1, (bytes) => writeAll(1, bytes, null))
  connectOutput(core, 2, (bytes) => writeAll(2, bytes, null))
  // All that still comes this way is the glue's `Aborted()`: how it says that the program called exit.
  core.setLogger(({ message }) => {
    if (!message.startsWith('Aborted')) say(message)
  })
  try {
    return runProgram(core, program, args)
  } catch (error) {
    say(`the WebAssembly core crashed: ${error instanceof Error ? error.message : String(error)}`)
    return CRASHED
  }
}
