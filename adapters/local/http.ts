// biome-ignore lint/performance/noBarrelFile: a cell of the grid; containers share it
export { serve } from '../node/http.ts'
