import { expect } from 'chai'

import { Markers } from '../../src/engine/markers.js'

describe('Markers', () => {
  it('I7, I16: a marker that was forgotten for want of room makes invalid what was stored under it', () => {
    const markers = new Markers(2)
    const stored = markers.find('first')
    const begun = markers.position
    markers.invalidate('second', true)
    expect(markers.unchangedSince(begun, [stored])).to.equal(true)
    markers.find('third')
    markers.find('fourth')
    // Its next change would reach another marker of that name, and not this one.
    expect(markers.unchangedSince(begun, [stored])).to.equal(false)
  })

  it('I7: a marker that is made anew may have changed since, for all that is known', () => {
    const markers = new Markers(1)
    const begun = markers.position
    markers.invalidate('first', true)
    markers.find('second')
    expect(markers.unchangedSince(begun, [markers.find('first')])).to.equal(false)
    expect(markers.unchangedSince(markers.position, [markers.find('first')])).to.equal(true)
  })
})
