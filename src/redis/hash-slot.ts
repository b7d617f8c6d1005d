/** The number of slots of a Redis Cluster. */
export const SLOTS = 16_384

const TABLE = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8
  for (let bit = 0; bit < 8; bit += 1) crc = (crc & 0x8000) === 0 ? crc << 1 : (crc << 1) ^ 0x1021
  return crc
})

/**
 * Returns the slot of a key: CRC16 (XMODEM) of the text between its first pair of braces, or of the
 * whole key when that is missing or empty. After the Redis Cluster specification, "Key distribution
 * model".
 */
export function hashSlot(key: string): number {
  const open = key.indexOf('{')
  const close = open === -1 ? -1 : key.indexOf('}', open + 1)
  const hashed = close > open + 1 ? key.slice(open + 1, close) : key
  let crc = 0
  for (const byte of Buffer.from(hashed)) {
    crc = ((crc << 8) & 0xff_ff) ^ (TABLE[((crc >> 8) ^ byte) & 0xff] ?? 0)
  }
  return crc % SLOTS
}
