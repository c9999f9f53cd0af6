import { cdnContract } from '../../core/ports/cdn.contract.ts'
import { openServedStorage } from './testing/served-storage.ts'

cdnContract('playback URLs of this machine', openServedStorage)
