import { useState } from 'preact/hooks'
import type { PlaybackDevice } from '../../../core/playback/wire.ts'
import { useAsked } from '../kit/asked.ts'
import { thisDevice } from '../kit/device.ts'
import { day } from '../kit/format.ts'
import { devices } from '../kit/playback-api.ts'
import { attempt, say } from '../kit/say.tsx'
import { Trouble, Waiting } from '../kit/trouble.tsx'

/** Devices that count towards how many one may watch on. Removing one stops what plays there. */
export function DeviceList({ changes, onChange }: { changes: number; onChange: () => void }) {
  const { value, trouble, again } = useAsked(devices.list, [changes])
  const [busy, setBusy] = useState(false)
  const remove = async (device: PlaybackDevice) => {
    setBusy(true)
    if (await attempt(() => devices.remove(device.id))) say(`${nameOf(device)} was removed.`)
    setBusy(false)
    onChange()
  }
  if (trouble) return <Trouble words={trouble} again={again} />
  if (!value) return <Waiting rows={1} />
  if (value.items.length === 0)
    return <p class="soft">None yet. A device is listed here once a film for subscribers was played on it.</p>
  return (
    <>
      <ul class="rows card">
        {value.items.map((device) => (
          <li key={device.id} class="line" aria-label={nameOf(device)}>
            <span class="line-main">
              <b>{nameOf(device)}</b> <span class="soft">last used on {day(device.lastAt)}</span>
            </span>
            {device.id === thisDevice().device && <span class="tag good">This browser</span>}
            <button type="button" class="button small danger" disabled={busy} onClick={() => remove(device)}>
              Remove<span class="unseen"> {nameOf(device)}</span>
            </button>
          </li>
        ))}
      </ul>
      <p class="soft small">
        {value.items.length} of {value.most} that you may use within 30 days.
      </p>
    </>
  )
}

const nameOf = ({ name }: PlaybackDevice): string => name ?? 'A device without a name'
