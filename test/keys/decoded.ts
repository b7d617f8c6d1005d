import { Money } from './arguments.js'

/** Reads a canonical text back into arguments equal to those it was made of: the grammar of docs/keys.md. */
export function decoded(text: string): unknown[] {
  if (text.startsWith('!')) return decoded(JSON.parse(text.slice(1)) as string)
  if (text === '()') return []
  if (text.startsWith('"')) return [text.slice(1)]
  const reader = new Reader(text)
  const list = [reader.value()]
  while (reader.skip(',')) list.push(reader.value())
  reader.expectEnd()
  return list
}

const WORDS: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['undefined', undefined],
  ['null', null],
  ['true', true],
  ['false', false],
])

class Reader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  value(): unknown {
    if (this.skip("'")) return this.#sized()
    const word = this.#match(/[\w.+-]*/y)
    if (WORDS.has(word)) return WORDS.get(word)
    if (this.skip('(')) return this.#called(word)
    if (word.endsWith('h')) return fromHexadecimal(word.slice(0, -1))
    return /^-?\d+n$/.test(word) ? BigInt(word.slice(0, -1)) : Number(word)
  }

  skip(token: string): boolean {
    const isThere = this.#text.startsWith(token, this.#at)
    if (isThere) this.#at += token.length
    return isThere
  }

  expectEnd(): void {
    if (this.#at !== this.#text.length) throw new Error(`not read to the end: ${this.#at}`)
  }

  #called(kind: string): unknown {
    switch (kind) {
      case 'A':
        return this.#array()
      case 'O':
        return Object.fromEntries(this.#items(() => [this.#sized(), this.#after('=')]))
      case 'Map':
        return new Map(this.#items(() => [this.value(), this.#after('=')]))
      case 'Set':
        return new Set(this.#items(() => this.value()))
      case 'Key':
        return new Money((this.#only() as unknown[])[1])
      case 'Date':
        return new Date(this.#only() as number)
      case 'URL':
        return new URL(this.#only() as string)
      case 'RegExp':
        return this.#regExp()
      default:
        return fromBytes(kind, Buffer.from(this.#match(/[^)]*\)/y).slice(0, -1), 'base64'))
    }
  }

  #array(): unknown[] {
    const array: unknown[] = []
    let lastLength = 0
    while (!this.skip(')')) {
      if (this.skip('"')) {
        array.push(this.#text.slice(this.#at, this.#at + lastLength))
        this.#at += lastLength
        continue
      }
      this.skip(',')
      if (this.skip('empty')) {
        array.length++
        continue
      }
      const element = this.value()
      array.push(element)
      if (typeof element === 'string') lastLength = element.length
    }
    return array
  }

  #items<T>(read: () => T): T[] {
    const items: T[] = []
    while (!this.skip(')')) {
      this.skip(',')
      items.push(read())
    }
    return items
  }

  #regExp(): RegExp {
    const [source, flags, lastIndex] = this.#items(() => this.value()) as [string, string, number]
    return Object.assign(new RegExp(source, flags), { lastIndex })
  }

  #only(): unknown {
    return this.#items(() => this.value())[0]
  }

  #after(token: string): unknown {
    if (!this.skip(token)) throw new Error(`expected ${token} at ${this.#at}`)
    return this.value()
  }

  #sized(): string {
    const length = Number(this.#match(/\d+:/y).slice(0, -1))
    this.#at += length
    return this.#text.slice(this.#at - length, this.#at)
  }

  #match(expression: RegExp): string {
    expression.lastIndex = this.#at
    const match = expression.exec(this.#text)?.[0] ?? ''
    this.#at += match.length
    return match
  }
}

function fromHexadecimal(digits: string): bigint {
  return digits.startsWith('-') ? -BigInt(`0x${digits.slice(1)}`) : BigInt(`0x${digits}`)
}

function fromBytes(kind: string, bytes: Buffer): unknown {
  const own = Uint8Array.from(bytes)
  if (kind === 'Buffer') return Buffer.from(own)
  if (kind === 'ArrayBuffer') return own.buffer
  const Kind = Reflect.get(globalThis, kind.split('.')[0] as string) as new (
    buffer: ArrayBufferLike,
  ) => unknown
  return new Kind(own.buffer)
}
