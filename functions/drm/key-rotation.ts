import { rotateWrapped } from '../../core/drm/rotate-keys.ts'
import { cron } from '../../core/run/function.ts'

export default cron({
  name: 'key-rotation',
  every: '1 day',
  uses: { db: 'readwrite', keyVault: ['wrap', 'unwrap'] },
  memoryMb: 256,
  timeoutSeconds: 300,
  handler: async (ports, ctx) => {
    const count = await rotateWrapped(ports, ctx)
    if (count > 0) ctx.log.info('keys of films were wrapped anew', { count })
  },
})
