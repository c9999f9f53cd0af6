/** An amount of minor units as people read it: `12.00 USD`, `1200 JPY`. */
export function amountText(minor: number, currency: string): string {
  const code = currency.toUpperCase()
  const digits = digitsOf(code)
  const sign = minor < 0 ? '-' : ''
  const text = String(Math.abs(minor)).padStart(digits + 1, '0')
  const whole = text.slice(0, text.length - digits)
  return `${sign}${whole}${digits ? `.${text.slice(-digits)}` : ''} ${code}`
}

export function dateText(unixSeconds: unknown): string {
  return new Date(Number(unixSeconds) * 1000).toISOString().slice(0, 10)
}

function digitsOf(code: string): number {
  try {
    return (
      new Intl.NumberFormat('en', { style: 'currency', currency: code }).resolvedOptions()
        .maximumFractionDigits ?? 2
    )
  } catch {
    return 2
  }
}
