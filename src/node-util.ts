/** What is used of `node:util`. Not imported: that would cost every start a third of a millisecond. */
export const { inspect, types } = process.getBuiltinModule('node:util')
