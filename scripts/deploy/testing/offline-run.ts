import { startCommand } from '../command-line.ts'
import { runDeploy } from '../run-deploy.ts'
import { runDestroy } from '../run-destroy.ts'
import { runPreviews } from '../run-previews.ts'
import { runRollback } from '../run-rollback.ts'
import { offlineGround } from './offline-ground.ts'

const COMMANDS = { deploy: runDeploy, destroy: runDestroy, previews: runPreviews, rollback: runRollback }

const [name = ''] = process.argv.splice(2, 1)
await startCommand(COMMANDS[name as keyof typeof COMMANDS], { process, open: offlineGround })
