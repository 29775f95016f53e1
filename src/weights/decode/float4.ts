/** E2M1: sign, two bits of exponent, one of fraction (OCP Microscaling Formats 1.0, 5.3.3). */
export const FP4 = Float32Array.of(0, 0.5, 1, 1.5, 2, 3, 4, 6, -0, -0.5, -1, -1.5, -2, -3, -4, -6);
