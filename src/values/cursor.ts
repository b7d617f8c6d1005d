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
    const end = this.#at + length
    if (end > this.#bytes.length) throw new RangeError('the bytes end too early')
    const part = this.#bytes.subarray(this.#at, end)
    this.#at = end
    return part
  }

  /** 96 bits, in base64url. */
  token(): string {
    return this.take(TOKEN_BYTES).toString('base64url')
  }

  /** A number of up to six bytes, the highest first. */
  number(length: number): number {
    return this.take(length).readUIntBE(0, length)
  }

  /** What was read so far, and what lies before where it began. */
  passed(): Buffer {
    return this.#bytes.subarray(0, this.#at)
  }

  rest(): Buffer {
    return this.take(this.#bytes.length - this.#at)
  }
}
