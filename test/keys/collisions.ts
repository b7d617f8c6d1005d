/** Two strings whose texts a fast hash cannot tell apart. */
export type Pair = readonly [string, string]

const PRIME64_1 = 0x9e3779b185ebca87n
const PRIME64_2 = 0xc2b2ae3d27d4eb4fn

/**
 * Pairs of printable ASCII strings that collide under XXH64, with nearly every seed, when `before`
 * bytes stand in front of them (CORRECTNESS E1).
 *
 * XXH64 reads stripes of four 8-byte lanes; a lane does `acc = rotl(acc + word * P2, 31) * P1`. A
 * first word that is larger by 2^bit / P2 makes the product larger by 2^bit, the rotation makes it
 * 2^(bit + 31), the last step 2^(bit + 31) * P1; a second word one stripe later takes that off again.
 */
export function xxh64Pairs(before: number): Pair[] {
  const inverse = inverseOf(PRIME64_2)
  const pairs: Pair[] = []
  for (let bit = 0n; bit < 64n; bit++) {
    const first = printableWords(wrap((1n << bit) * inverse))
    const second = printableWords(wrap(-(1n << ((bit + 31n) % 64n)) * PRIME64_1 * inverse))
    if (first === undefined || second === undefined) continue
    const padding = 'p'.repeat((8 - (before % 8)) % 8)
    const between = 'b'.repeat(24)
    const [one, other] = ([0, 1] as const).map((side) => {
      return padding + first[side] + between + second[side] + 'e'.repeat(32)
    }) as [string, string]
    pairs.push([one, other])
  }
  return pairs
}

/**
 * A pair of strings that collide under XXH3-128, and XXH3-64, with seed 0 when exactly one `"`
 * stands in front of them, as in the text of a lone string (CORRECTNESS E2).
 *
 * For 33 to 64 bytes the first step multiplies (w0 ^ s0) by (w1 ^ s1). With D = s0 ^ s1, swapping
 * the factors is w0' = w1 ^ D and w1' = w0 ^ D; with w1 = w0 ^ D ^ E and E & D = 0 that is each
 * word ^ E, and w0 + w1, the other thing that is taken from them, does not change either. E is one
 * bit of the fourth byte; D's high bits make the second word valid multi-byte UTF-8.
 *
 * @param choice which of many: any number
 * @param length of the text in bytes, the quotation mark included: 33 to 128, whose first 16 bytes are mixed alike
 */
export function xxh3Pair(choice: number, length = 48): Pair {
  const words = Buffer.from([0x22, ...Buffer.from('abc0'), 0x31, 0x61, 0x61])
  words[1] = 0x61 + (choice % 26)
  words[2] = 0x61 + (Math.floor(choice / 26) % 16)
  const difference = Buffer.from('c4ffed15d485e6a2', 'hex')
  const bit = Buffer.from([0, 0, 0, 2, 0, 0, 0, 0])
  const second = words.map((byte, index) => byte ^ at(difference, index) ^ at(bit, index))
  // The last byte of the second word begins a character of two bytes.
  const tail = Buffer.concat([Buffer.from([0xa9]), Buffer.from('t'.repeat(length - 17))])
  const texts = [
    Buffer.concat([words, second, tail]),
    Buffer.concat([flipped(words, bit), flipped(second, bit), tail]),
  ]
  return texts.map((text) => text.toString().slice(1)) as [string, string]
}

function flipped(bytes: Uint8Array, bits: Uint8Array): Uint8Array {
  return bytes.map((byte, index) => byte ^ at(bits, index))
}

/** Two words of letters and digits, the other larger by `difference`; undefined if there are none. */
function printableWords(difference: bigint): Pair | undefined {
  // What matters of the bytes chosen so far is only the carry they leave.
  let byCarry = new Map<number, Pair>([[0, ['', '']]])
  for (let index = 0n; index < 8n; index++) {
    const step = Number((difference >> (8n * index)) & 255n)
    const next = new Map<number, Pair>()
    for (const [carry, [one, other]] of byCarry) {
      for (let byte = 0x30; byte <= 0x7a; byte++) {
        const sum = byte + step + carry
        const both = String.fromCharCode(byte, sum & 255)
        if (!/^[0-9A-Za-z]{2}$/.test(both)) continue
        next.set(sum >> 8, [one + both.charAt(0), other + both.charAt(1)])
      }
    }
    byCarry = next
  }
  return [...byCarry.values()][0]
}

/** The inverse of an odd number modulo 2^64: each round of Newton's doubles the correct bits. */
function inverseOf(odd: bigint): bigint {
  let inverse = odd
  for (let round = 0; round < 6; round++) inverse = wrap(inverse * (2n - odd * inverse))
  return inverse
}

function wrap(value: bigint): bigint {
  return BigInt.asUintN(64, value)
}

function at(bytes: Uint8Array, index: number): number {
  return bytes[index] as number
}
