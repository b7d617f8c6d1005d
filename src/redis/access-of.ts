import type { ConnectionOptions as TlsOptions } from 'node:tls'

import { CacheConfigurationError, kindOf } from '../errors.js'
import type { CredentialsCallback } from './redis-options.js'
import type { Access, CredentialsSource } from './redis-target.js'

/** The options for authentication and TLS. */
export interface AccessOptions {
  readonly username?: string
  readonly password?: string | CredentialsCallback
  readonly tls?: boolean | TlsOptions
}

/**
 * Checks the options for authentication and TLS.
 *
 * @param option the name of the parent option, such as `redis.sentinel`
 * @param isInsecure accepts any certificate
 * @throws CacheConfigurationError without the value, which may contain a password
 */
export function accessOf(
  option: string,
  { username, password, tls }: AccessOptions,
  isInsecure: boolean,
): Access {
  return {
    credentials: credentialsOf(option, username, password),
    mayChange: typeof password === 'function',
    tls: tlsOf(`${option}.tls`, tls, isInsecure),
  }
}

function credentialsOf(
  option: string,
  username: string | undefined,
  password: string | CredentialsCallback | undefined,
): CredentialsSource {
  if (username !== undefined && typeof username !== 'string') {
    throw new CacheConfigurationError(`${option}.username`, 'a text', kindOf(username))
  }
  if (password === undefined) return () => Promise.resolve(undefined)
  if (typeof password === 'string') return () => Promise.resolve({ username, password })
  if (typeof password !== 'function') {
    throw new CacheConfigurationError(
      `${option}.password`,
      'a text or a function',
      kindOf(password),
    )
  }
  return async () => {
    const answer = await password()
    return typeof answer === 'string' ? { username, password: answer } : { username, ...answer }
  }
}

function tlsOf(
  option: string,
  tls: boolean | TlsOptions | undefined,
  isInsecure: boolean,
): TlsOptions | undefined {
  if (tls === undefined || tls === false) return undefined
  if (tls !== true && (typeof tls !== 'object' || tls === null)) {
    throw new CacheConfigurationError(
      option,
      'true, false or the options of tls.connect',
      kindOf(tls),
    )
  }
  const options = tls === true ? {} : tls
  if (options.rejectUnauthorized === false && !isInsecure) {
    throw new CacheConfigurationError(
      `${option}.rejectUnauthorized`,
      'true, unless dangerouslyAllowInsecureTls is set',
      false,
    )
  }
  return isInsecure ? { ...options, rejectUnauthorized: false } : options
}
