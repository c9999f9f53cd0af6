import { startCommand } from './deploy/command-line.ts'
import { realGround } from './deploy/real-ground.ts'
import { runDeploy } from './deploy/run-deploy.ts'

await startCommand(runDeploy, { process, open: realGround })
