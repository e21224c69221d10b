/**
 * Natural logarithm of the gamma function, for x > 0, to twelve digits: Stirling's series from 8 on, reached by
 * `gamma(x) = gamma(x + 1) / x`. logGamma(0.5) = ln(pi)/2 = 0.572364942925.
 */
export function logGamma(x: number): number {
  let product = 1;
  let at = x;
  for (; at < 8; at += 1) product *= at;
  const inverse = 1 / at;
  const square = inverse * inverse;
  const tail =
    inverse * (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square * (1 / 1680 - square / 1188))));
  return (at - 0.5) * Math.log(at) - at + 0.5 * Math.log(2 * Math.PI) + tail - Math.log(product);
}
