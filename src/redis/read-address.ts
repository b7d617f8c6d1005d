import { CacheConfigurationError, kindOf } from '../errors.js'
import { integerOption } from './integer-option.js'
import type { Endpoint } from './endpoint.js'
import type { RedisAddress } from './redis-options.js'
import { readRedisUrl } from './redis-url.js'

/**
 * Checks a non-empty list of addresses.
 *
 * @param port the default port
 * @throws CacheConfigurationError
 */
export function readAddresses(
  option: string,
  addresses: readonly (string | RedisAddress)[],
  port: number,
): Endpoint[] {
  if (!Array.isArray(addresses) || addresses.length === 0) {
    throw new CacheConfigurationError(
      option,
      "a list of addresses such as ['localhost:6379']",
      kindOf(addresses),
    )
  }
  return addresses.map((address: string | RedisAddress, index) =>
    readAddress(`${option}[${index}]`, address, port),
  )
}

/**
 * Checks one address.
 *
 * @param port the default port
 * @throws CacheConfigurationError
 */
export function readAddress(
  option: string,
  address: string | RedisAddress,
  port: number,
): Endpoint {
  if (typeof address === 'string')
    return readAddress(option, parseAddress(option, address, port), port)
  if (
    typeof address !== 'object' ||
    address === null ||
    typeof address.host !== 'string' ||
    !/^[\w.:%-]{1,255}$/.test(address.host) ||
    /^[^:]*:\d+$/.test(address.host)
  ) {
    throw new CacheConfigurationError(
      `${option}.host`,
      "the name or address of a host, without scheme and port, such as 'localhost'",
      kindOf(isObject(address) ? address.host : address),
    )
  }
  return {
    host: address.host,
    port: integerOption(`${option}.port`, address.port ?? port, 1, 65_535),
  }
}

/** Parses `host`, `host:port`, `[::1]:port`, or a URL of which only host and port are used. */
function parseAddress(option: string, address: string, port: number): RedisAddress {
  if (address.includes('://')) {
    const { host = '', port: urlPort = port } = readRedisUrl(address)
    return { host, port: urlPort }
  }
  const match = /^(?:\[([\da-f:.]+)\]|([\w.-]+))(?::(\d{1,5}))?$/i.exec(address)
  if (match === null)
    throw new CacheConfigurationError(
      option,
      "host:port, such as 'localhost:6379'",
      kindOf(address),
    )
  return {
    host: match[1] ?? match[2] ?? '',
    port: match[3] === undefined ? port : Number(match[3]),
  }
}

function isObject(value: unknown): value is { readonly host?: unknown } {
  return typeof value === 'object' && value !== null
}
