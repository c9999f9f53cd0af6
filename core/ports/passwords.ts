/** Slow password hashes as PHC strings (`$argon2id$v=19$m=...`). */
export interface Passwords {
  hash(password: string): Promise<string>
  /** False for a wrong password; throws for a hash that it cannot read. */
  verify(phc: string, password: string): Promise<boolean>
  /** True when the hash was made with other settings than today's: hash again at the next sign-in. */
  outdated(phc: string): boolean
}
