import { on } from '../../core/run/function.ts'
import { receiveBusEvent } from '../../core/webhooks/receive-bus.ts'

export default on({
  name: 'provider-events',
  type: 'billing.provider.event',
  uses: { db: 'readwrite', bus: ['publish'], payments: ['stripe'] },
  attempts: 5,
  memoryMb: 256,
  timeoutSeconds: 30,
  handler: ({ data }, ports, ctx) => receiveBusEvent(ports, ctx, data),
})
