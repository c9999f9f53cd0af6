// biome-ignore lint/performance/noBarrelFile: a cell of the grid; containers share it
export { openLog } from '../node/log.ts'
