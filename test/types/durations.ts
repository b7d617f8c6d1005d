import type { Duration } from '../../src/duration.js'

export const accepted: Duration[] = [
  0,
  1.5,
  Number.POSITIVE_INFINITY,
  '0s',
  '1ms',
  '250ms',
  '100ms',
  '30s',
  '5m',
  '10m',
  '1h',
  '7d',
  '1000d',
  '2w',
  '1.5h',
  '0.5s',
  '0.25s',
  '1.05h',
  '1.0h',
  '0.001s',
  '10.50m',
]

export const refused: Duration[] = [
  // @ts-expect-error
  '5 m',
  // @ts-expect-error
  ' 5m',
  // @ts-expect-error
  '5m ',
  // @ts-expect-error
  '5 minutes',
  // @ts-expect-error
  '5min',
  // @ts-expect-error
  '5M',
  // @ts-expect-error
  '1h30m',
  // @ts-expect-error
  '1e3s',
  // @ts-expect-error
  '.5m',
  // @ts-expect-error
  '5.m',
  // @ts-expect-error
  '1,5h',
  // @ts-expect-error
  '5',
  // @ts-expect-error
  'm',
  // @ts-expect-error
  '',
  // @ts-expect-error
  true,
]
