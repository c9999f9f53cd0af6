import { mediaContract } from '../../core/ports/media.contract.ts'
import { findEngine } from './engine.ts'
import { openForContract } from './testing/open-media.ts'

mediaContract('media with the WebAssembly build', async () =>
  openForContract(await findEngine({ prefer: 'wasm' })),
)
