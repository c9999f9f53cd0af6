// Browsers let timers of a page that nobody looks at fire once a minute: too late for a heartbeat. Those of a worker go on.
addEventListener('message', ({ data }: MessageEvent<{ turn: number; milliseconds: number }>) => {
  setTimeout(() => postMessage(data.turn), data.milliseconds)
})
