import { aws } from './aws.ts'
import { azure } from './azure.ts'
import type { CloudUnderTest } from './cloud.ts'
import { gcp } from './gcp.ts'

/** Every cloud that the run knows. */
export const cloudsUnderTest: readonly CloudUnderTest[] = [aws, gcp, azure]
