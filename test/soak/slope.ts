/** By how much y grows per x: the slope of the line through points that has the least squares. */
export function slope(points: readonly (readonly [x: number, y: number])[]): number {
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length
  const [meanX, meanY] = [mean(points.map(([x]) => x)), mean(points.map(([, y]) => y))]
  const [over, under] = points.reduce(
    ([product, square], [x, y]) => [product + (x - meanX) * (y - meanY), square + (x - meanX) ** 2],
    [0, 0],
  )
  return under === 0 ? 0 : over / under
}
