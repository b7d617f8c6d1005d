const TOKEN_BYTES = 12

/**
 * Reads consecutive parts of a buffer without copying. Every read throws when the bytes run out.
 */
export class Cursor {
  readonly #bytes: Buffer
  #at: number

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes
    this.#at = at
  }

  take(length: number): Buffer {
    const from = this.#pass(length)
    return this.#bytes.subarray(from, this.#at)
  }

  /** Reads 96 bits as base64url. */
  token(): string {
    const from = this.#pass(TOKEN_BYTES)
    return this.#bytes.toString('base64url', from, this.#at)
  }

  /** Reads a big-endian unsigned integer of up to six bytes. */
  number(length: number): number {
    return this.#bytes.readUIntBE(this.#pass(length), length)
  }

  /** Returns all bytes from the start of the buffer to the current position. */
  passed(): Buffer {
    return this.#bytes.subarray(0, this.#at)
  }

  rest(): Buffer {
    return this.take(this.#bytes.length - this.#at)
  }

  /** Advances by `length` and returns the position before. */
  #pass(length: number): number {
    const from = this.#at
    if (from + length > this.#bytes.length) throw new RangeError('the bytes end too early')
    this.#at = from + length
    return from
  }
}
