import { startCommand } from './deploy/command-line.ts'
import { realGround } from './deploy/real-ground.ts'
import { runPreviews } from './deploy/run-previews.ts'

await startCommand(runPreviews, { process, open: realGround })
