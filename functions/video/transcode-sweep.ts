import { removeRetired } from '../../core/protection/remove-retired.ts'
import { sweepEditions } from '../../core/protection/sweep.ts'
import { cron } from '../../core/run/function.ts'
import { sweepTranscodes } from '../../core/transcode/start.ts'

export default cron({
  name: 'transcode-sweep',
  every: '1 minute',
  uses: {
    db: 'readwrite',
    storage: { media: ['list', 'remove'] },
    jobs: ['transcode'],
    bus: ['publish'],
  },
  memoryMb: 256,
  // What is left of a long film are thousands of objects.
  timeoutSeconds: 300,
  handler: async (ports, ctx) => {
    await sweepTranscodes(ports, ctx)
    await sweepEditions(ports, ctx)
    await removeRetired(ports, ctx)
  },
})
