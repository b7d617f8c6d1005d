const TOKEN_BYTES = 12

/** Reads parts of bytes one after the other, without copying; throws when the bytes run out. */
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

  /** 96 bits, in base64url. */
  token(): string {
    const from = this.#pass(TOKEN_BYTES)
    return this.#bytes.toString('base64url', from, this.#at)
  }

  /** A number of up to six bytes, the highest first. */
  number(length: number): number {
    return this.#bytes.readUIntBE(this.#pass(length), length)
  }

  /** What was read so far, and what lies before where it began. */
  passed(): Buffer {
    return this.#bytes.subarray(0, this.#at)
  }

  rest(): Buffer {
    return this.take(this.#bytes.length - this.#at)
  }

  /** Returns where the part begins that is passed. */
  #pass(length: number): number {
    const from = this.#at
    if (from + length > this.#bytes.length) throw new RangeError('the bytes end too early')
    this.#at = from + length
    return from
  }
}
