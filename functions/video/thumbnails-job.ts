import { job } from '../../core/run/function.ts'
import { makePicturesInJob } from '../../core/thumbnails/in-job.ts'

export default job({
  name: 'thumbnails-job',
  job: 'thumbnails',
  image: 'media',
  uses: {
    db: 'readwrite',
    storage: { uploads: ['get', 'sign-get'], media: ['put', 'list', 'remove'] },
  },
  cpu: 2,
  memoryMb: 4096,
  timeoutMinutes: 30,
  handler: makePicturesInJob,
})
