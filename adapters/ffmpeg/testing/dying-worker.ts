/** A worker thread that ends as soon as it is asked for anything, as one does whose native code breaks. */
import { parentPort } from 'node:worker_threads'

parentPort?.once('message', () => process.exit(7))
