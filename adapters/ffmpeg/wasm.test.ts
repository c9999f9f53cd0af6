import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdir, open, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import { findEngine } from './engine.ts'
import { runTool, type Tool } from './run.ts'
import { madeFilm } from './testing/films.ts'
import { plainFilm } from './testing/recipes.ts'

const run = promisify(execFile)
const wasm = await findEngine({ prefer: 'wasm' })
const signal = new AbortController().signal
const native: Tool = { command: 'ffprobe', args: [] }
const DURATION = ['-v', 'error', '-show_entries', 'format=duration', '-of', 'csv=p=0']

async function scratch(): Promise<string> {
  const folder = join(tmpdir(), `skyreel-wasm-${randomUUID()}`)
  await mkdir(folder)
  onTestFinished(() => rm(folder, { recursive: true }))
  return folder
}

describe('the WebAssembly build behind the command line', () => {
  it('tells a version of FFmpeg 5', () => {
    expect(wasm.version).toMatch(/^5\.1/)
  })

  it('answers what the native ffprobe answers', async () => {
    const asked = ['-v', 'error', '-show_streams', '-show_format', '-of', 'json', await plainFilm()]
    const [ours, theirs] = await Promise.all([
      runTool(wasm.ffprobe, asked, { signal }),
      runTool(native, asked, { signal }),
    ])
    expect(JSON.parse(ours.stdout)).toEqual(JSON.parse(theirs.stdout))
  })

  it('decodes a film to the same frames as the native build', async () => {
    const asked = ['-v', 'error', '-i', await plainFilm(), '-map', '0:v', '-f', 'framemd5', 'pipe:1']
    const lines = async (tool: Tool) =>
      (await runTool(tool, asked, { signal })).stdout.split('\n').filter((line) => !line.startsWith('#'))
    const [ours, theirs] = await Promise.all([lines(wasm.ffmpeg), lines({ command: 'ffmpeg', args: [] })])
    expect(ours).toEqual(theirs)
  })

  it('hands each progress line over', async () => {
    const lines: string[] = []
    const asked = [
      '-v',
      'error',
      '-nostats',
      '-progress',
      'pipe:1',
      '-i',
      await plainFilm(),
      '-f',
      'null',
      '-',
    ]
    await runTool(wasm.ffmpeg, asked, { signal, onLine: (line) => lines.push(line) })
    expect(lines).toEqual(expect.arrayContaining(['frame=100', 'progress=end']))
  })

  it('writes a film with the index moved to its front', async () => {
    const out = join(await scratch(), 'out.mp4')
    const coded = ['-c:v', 'libx264', '-preset', 'ultrafast', '-c:a', 'aac', '-movflags', '+faststart']
    await runTool(wasm.ffmpeg, ['-v', 'error', '-i', await plainFilm(), ...coded, out], { signal })
    const boxes = (await readFile(out)).toString('latin1')
    expect(boxes.indexOf('moov')).toBeLessThan(boxes.indexOf('mdat'))
  })

  it('replaces a longer file whole', async () => {
    const out = join(await scratch(), 'frame.png')
    await writeFile(out, new Uint8Array(1_000_000))
    await runTool(wasm.ffmpeg, ['-v', 'error', '-y', '-i', await plainFilm(), '-frames:v', '1', out], {
      signal,
    })
    expect((await stat(out)).size).toBeLessThan(200_000)
  })

  it('works in the folder that it is started in', async () => {
    const cwd = await scratch()
    const asked = ['-v', 'error', '-i', await plainFilm(), '-t', '1', '-r', '3', 'frame-%d.png']
    await runTool(wasm.ffmpeg, asked, { signal, cwd })
    await expect(stat(join(cwd, 'frame-3.png'))).resolves.toBeDefined()
  })

  it('follows a link to a film', async () => {
    const link = join(await scratch(), 'a film.mp4')
    await symlink(await plainFilm(), link)
    const { stdout } = await runTool(wasm.ffprobe, [...DURATION, link], { signal })
    expect(stdout.trim()).toBe('4.000000')
  })

  it('reads the index at the end of a film of five gigabytes', async () => {
    const film = join(await scratch(), 'huge.mp4')
    const whole = await readFile(await madeFilm('huge.mp4', ['-f', 'lavfi', '-i', 'testsrc2=s=64x64:d=1']))
    const moov = whole.indexOf('moov') - 4
    const file = await open(film, 'w')
    await file.write(whole.subarray(0, moov), 0, undefined, 0)
    // A free box of 64-bit length, sparse on disk, lies before the index.
    const free = Buffer.alloc(16)
    free.writeUInt32BE(1, 0)
    free.write('free', 4, 'latin1')
    free.writeBigUInt64BE(5_000_000_000n, 8)
    await file.write(free, 0, undefined, moov)
    await file.write(whole.subarray(moov), 0, undefined, moov + 5_000_000_000)
    await file.close()
    const { stdout } = await runTool(wasm.ffprobe, [...DURATION, film], { signal })
    expect(stdout.trim()).toBe('1.000000')
  })

  it('puts a picture on standard output byte by byte', async () => {
    const [command, ...args] = [
      wasm.ffmpeg.command,
      ...wasm.ffmpeg.args,
      '-v',
      'error',
      '-i',
      await plainFilm(),
    ]
    const picture = ['-frames:v', '1', '-f', 'image2pipe', '-c:v', 'png', 'pipe:1']
    const { stdout } = await run(command, [...args, ...picture], { encoding: 'buffer' })
    expect([stdout.subarray(1, 4).toString(), stdout.subarray(-8, -4).toString()]).toEqual(['PNG', 'IEND'])
  })

  it.each([
    ['ffmpeg', ['-i', '/nowhere/film.mp4', '-f', 'null', '-'], /film\.mp4: No such file/],
    ['ffmpeg', ['-no-such-option'], /Unrecognized option/],
    ['ffmpeg', ['-f', 'lavfi', '-i', 'testsrc2=d=1', '/no.mp4'], /no\.mp4: Permission denied/],
    ['ffprobe', ['/nowhere/film.mp4'], /film\.mp4: No such file/],
  ] as const)('ends %s %j with a failure that says why', async (program, args, why) => {
    const failed = runTool(wasm[program], ['-v', 'error', ...args], { signal })
    await expect(failed).rejects.toMatchObject({ name: 'MediaFailed', tail: expect.stringMatching(why) })
  })

  it('stops at once when the signal aborts', async () => {
    const stop = new AbortController()
    const endless = ['-v', 'error', '-progress', 'pipe:1', '-f', 'lavfi', '-i', 'testsrc2', '-f', 'null', '-']
    const running = runTool(wasm.ffmpeg, endless, { signal: stop.signal, onLine: () => stop.abort() })
    await expect(running).rejects.toMatchObject({ name: 'AbortError' })
  })
})
