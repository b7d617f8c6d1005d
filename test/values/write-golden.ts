/** Run by hand after adding a case to `golden.ts`: writes the files that are missing. */
import { createHash } from 'node:crypto'

import { createSealer } from '../../src/values/sealer.js'
import { GOLDEN_CASES, GOLDEN_IDENTITY, GOLDEN_KEYS, goldenNames, writeGolden } from './golden.js'
import { COMPRESSED, keep, sealNow, UNCOMPRESSED } from './sealing.js'

const present = goldenNames()

for (const { name, mode, isCompressed, header, value } of GOLDEN_CASES) {
  if (present.includes(name)) continue
  const sealer = createSealer(mode === undefined ? {} : { encryption: { ...GOLDEN_KEYS, mode } })
  const limits = isCompressed ? COMPRESSED : UNCOMPRESSED
  writeGolden(name, sealNow(sealer, GOLDEN_IDENTITY, keep(value), limits, header))
}

if (!present.includes('newer-format')) {
  // What a format that does not exist yet may look like: another first byte, the same frame.
  const content = Buffer.concat([Buffer.from([2]), Buffer.from('whatever a later version writes')])
  const checksum = createHash('sha256').update(content).digest().subarray(0, 8)
  writeGolden('newer-format', Buffer.concat([content, checksum]))
}
