import { job } from '../../core/run/function.ts'
import { transcode } from '../../core/transcode/transcode.ts'

export default job({
  name: 'transcode',
  job: 'transcode',
  image: 'media',
  uses: {
    db: 'readwrite',
    storage: { uploads: ['get', 'sign-get'], media: ['get', 'head', 'put', 'list', 'remove'] },
    bus: ['publish'],
    keyVault: ['wrap', 'unwrap'],
  },
  cpu: 4,
  memoryMb: 8192,
  timeoutMinutes: 360,
  handler: transcode,
})
