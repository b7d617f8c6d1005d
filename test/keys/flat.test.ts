import { expect } from 'chai'

import { flat } from '../../src/keys/flat.js'

describe('a flat text', () => {
  it('is the text itself, whatever it begins with', () => {
    for (const text of ['', 'a', '\0', '\0a', `${'a'.repeat(20)}${'b'.repeat(20)}`]) {
      expect(flat(text)).to.equal(text)
    }
  })
})
