import { AssayError } from '../core/errors.js';
import { logGammaHalfStep } from './log-gamma-half-step.js';

/** Degrees of freedom (> 0, need not be whole), and location and scale (> 0) in the units of x. */
export interface StudentT {
  readonly df: number;
  readonly location: number;
  readonly scale: number;
}

/** Above this |z/√df|, squaring loses nothing that 1 + z²/df would keep, and could overflow. */
const FAR = 1e8;

/**
 * Natural log of the density of the location-scale Student t distribution, in nats per unit of x:
 * ln Γ((ν+1)/2) − ln Γ(ν/2) − ½ ln(νπ) − ln σ − (ν+1)/2 · ln(1 + z²/ν), z = (x − μ)/σ
 * (Student 1908; Johnson, Kotz and Balakrishnan 1995, vol. 2, ch. 28).
 *
 * Heavy tails keep one odd measurement from deciding a verdict: the value stays finite for any finite x
 * whose z does. Relative error against `scipy.stats.t.logpdf` below 1e-12 up to 100 degrees of freedom;
 * beyond that scipy cancels digits, and mpmath agrees with this to 1e-13 up to ν = 1e10. NaN for x NaN, −∞
 * for infinite x.
 *
 * @throws AssayError `INTERNAL` when df or scale is not positive and finite, or location is not finite.
 * @example
 * studentTLogPdf(0, { df: 1, location: 0, scale: 1 }); // => -1.1447298858494, that is −ln π
 */
export function studentTLogPdf(x: number, { df, location, scale }: StudentT): number {
  if (!(df > 0 && scale > 0 && Number.isFinite(df + scale + location))) {
    throw new AssayError(
      'INTERNAL',
      `studentTLogPdf: expected finite df > 0, scale > 0 and location, got ${df}, ${scale}, ${location}.`,
    );
  }
  const ratio = Math.abs(x - location) / scale / Math.sqrt(df);
  const tail = ratio > FAR ? 2 * Math.log(ratio) : Math.log1p(ratio * ratio);
  const peak = logGammaHalfStep(df / 2) - 0.5 * Math.log(df * Math.PI) - Math.log(scale);
  return peak - ((df + 1) / 2) * tail;
}
