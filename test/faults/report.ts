/**
 * Bounds of wall-clock time are three times what the fault matrix says, for machines that do other
 * things meanwhile. The figures themselves are printed.
 */
export const SLACK = 3

/** Prints what was measured, under the number of the fault. */
export function report(fault: string, figures: Readonly<Record<string, number>>): void {
  const texts = Object.entries(figures).map(([name, value]) => `${name} ${value.toFixed(2)}`)
  console.log(`      ${fault}: ${texts.join(', ')}`)
}
