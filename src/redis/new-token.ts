import { randomBytes } from 'node:crypto'

/** A nonce of 96 random bits, in 16 characters. */
export function newToken(): string {
  return randomBytes(12).toString('base64url')
}
