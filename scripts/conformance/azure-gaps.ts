import type { ConformanceGap } from './column.ts'

export const AZURE_GAPS: readonly ConformanceGap[] = [
  {
    case: 'path with encoded dot segments',
    because: 'the library holds the address as a URL, which resolves them before the function is called',
  },
  { case: 'message of no bytes', form: '-', because: 'a storage queue takes no empty message' },
  { case: 'test event', form: '-', because: 'the host answers the validation of a subscription itself' },
]
