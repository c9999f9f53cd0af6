import type { HttpRequest } from '../http/request.ts'
import type { Uses } from '../ports/ports.ts'
import { REFRESH_COOKIE } from './model.ts'

const SECONDS_A_DAY = 86_400

/** `Set-Cookie` for a browser's refresh token: no script reads it, no other site sends it, only the API gets it. */
export function refreshCookie(ports: Uses<'config'>, token: string): string {
  return cookie(ports, token, ports.config.refreshTokenDays * SECONDS_A_DAY)
}

/** `Set-Cookie` that removes it. */
export const clearedCookie = (ports: Uses<'config'>): string => cookie(ports, '', 0)

/** The refresh token that the browser sent, if any. */
export function readRefreshCookie(request: HttpRequest): string | undefined {
  return request.cookies[REFRESH_COOKIE] || undefined
}

function cookie({ config }: Uses<'config'>, value: string, maxAgeSeconds: number): string {
  const secure = config.publicOrigin.startsWith('https:') ? '; Secure' : ''
  return `${REFRESH_COOKIE}=${value}; Path=/v1; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=Strict${secure}`
}
