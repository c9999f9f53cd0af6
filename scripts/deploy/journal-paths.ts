import { join } from 'node:path'
import type { Place } from '../../cdktf/shared/place.ts'
import type { Ground } from './ground.ts'

type Folders = Pick<Ground, 'journals'>

export const journalPath = ({ journals }: Folders, { stackId }: Place) => join(journals, `${stackId}.json`)
export const logPath = ({ journals }: Folders, { stackId }: Place) => join(journals, `${stackId}.log`)
