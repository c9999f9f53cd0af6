import { useEffect, useRef, useState } from 'preact/hooks'
import { DeviceList } from './device-list.tsx'
import { SessionList } from './session-list.tsx'
import { ViewingAge } from './viewing-age.tsx'

/** What plays in one's name, on which devices, and what it may be. */
export function Watching() {
  const [changes, setChanges] = useState(0)
  const changed = () => setChanges(changes + 1)
  const section = useRef<HTMLElement>(null)
  // The browser looked for it before it was there.
  useEffect(() => {
    if (location.hash === '#watching') section.current?.scrollIntoView()
  }, [])
  return (
    <>
      <section ref={section} class="stack" id="watching" aria-label="Where you are watching">
        <h2>Where you are watching</h2>
        <SessionList changes={changes} onChange={changed} />
      </section>
      <section class="stack" aria-label="Devices">
        <h2>Devices</h2>
        <DeviceList changes={changes} onChange={changed} />
      </section>
      <section class="stack" aria-label="Viewing age">
        <h2>Viewing age</h2>
        <ViewingAge />
      </section>
    </>
  )
}
