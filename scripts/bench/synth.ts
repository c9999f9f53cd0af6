import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ROOT } from '../settings.ts'
import { type BenchReport, figures, thisMachine } from './report.ts'

const RUNS = 5
/** Which stacks each subject makes; without any all nine are made. */
const SUBJECTS: Readonly<Record<string, string>> = {
  nine: '',
  'aws-dev': 'aws-dev',
  'gcp-dev': 'gcp-dev',
  'azure-dev': 'azure-dev',
}

/** `node cdktf/main.ts`, from the start of the process to its end, without anything of the `cdktf` command around it. */
export async function benchSynth(say: (line: string) => void): Promise<BenchReport> {
  const found = figures()
  // The first run reads the bindings from disk; what is repeated all day does not.
  for (let run = 0; run <= RUNS; run++)
    for (const [name, stacks] of Object.entries(SUBJECTS)) {
      const { seconds, peakMb } = await synthesis(stacks)
      say(`run ${run}/${RUNS} ${name}: ${seconds.toFixed(2)} s, ${peakMb.toFixed(0)} MB`)
      if (run === 0) continue
      found.add(name, 'seconds', 's', seconds)
      found.add(name, 'peakMb', 'MB', peakMb)
    }
  return {
    name: 'synth',
    machine: thisMachine(),
    runs: RUNS,
    results: found.results(),
    ratios: {},
    notes: [
      'One process: no Terraform, no network, no bundles. peakMb is the most that was resident, as the system counts it.',
    ],
  }
}

/** The system's own count of the process, told by the process itself as its last act: a sampler misses the peak of a second. */
const TELLS_PEAK = `data:text/javascript,process.once('exit', () => process.send(process.resourceUsage().maxRSS))`
const KIB = 1024

async function synthesis(stacks: string): Promise<{ seconds: number; peakMb: number }> {
  const out = await mkdtemp(join(tmpdir(), 'skyreel-bench-'))
  const env = { ...process.env, SKYREEL_STACKS: stacks, SKYREEL_PREVIEW: '', CDKTF_OUTDIR: out }
  const from = performance.now()
  const child = spawn(process.execPath, ['--import', TELLS_PEAK, join(ROOT, 'cdktf/main.ts')], {
    ...{ cwd: ROOT, env },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  let peakKib = 0
  child.on('message', (kib) => {
    peakKib = Number(kib)
  })
  const [status] = await once(child, 'exit')
  const seconds = (performance.now() - from) / 1000
  await rm(out, { recursive: true, force: true })
  if (status !== 0 || peakKib === 0) throw new Error(`node cdktf/main.ts ended with ${status}`)
  return { seconds, peakMb: (peakKib * KIB) / 1e6 }
}
