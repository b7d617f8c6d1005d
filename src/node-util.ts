/**
 * The parts of `node:util` in use. Not imported, which would add a third of a millisecond to every
 * start.
 */
export const { inspect, types } = process.getBuiltinModule('node:util')
