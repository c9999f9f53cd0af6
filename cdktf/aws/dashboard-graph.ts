/** A metric as a dashboard writes it: namespace, name, dimensions in pairs, and how it is drawn. */
export type Line = readonly (string | { readonly stat: string })[]

/** One widget, without its place. */
export const graph = (title: string, region: string, metrics: readonly Line[], stat = 'Sum') => ({
  type: 'metric',
  properties: { title, region, metrics, stat, period: 300, view: 'timeSeries' },
})

const [WIDTH, HEIGHT] = [12, 6]

/** Two side by side; a dashboard is 24 wide. */
export const rowsOf = <T extends object>(widgets: readonly T[]) =>
  widgets.map((widget, i) => ({
    ...{ x: (i % 2) * WIDTH, y: Math.floor(i / 2) * HEIGHT, width: WIDTH, height: HEIGHT },
    ...widget,
  }))
