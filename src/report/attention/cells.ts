import { type Range, shareOf } from '../grid.js';

/** Bits of colour a terminal shows: 1 is none, 8 is 256 colours, 24 is all of them. */
export type ColorDepth = 1 | 8 | 24;

const SHADES = ['·', '░', '▒', '▓', '█'] as const;
/** Viridis, which rises in lightness, so that it reads without hue too. */
const RAMP = [
  [68, 1, 84],
  [72, 40, 120],
  [62, 74, 137],
  [49, 104, 142],
  [38, 130, 142],
  [31, 158, 137],
  [53, 183, 121],
  [109, 205, 89],
  [180, 222, 44],
  [253, 231, 37],
] as const;
const RAMP_256 = [53, 54, 60, 24, 30, 36, 72, 77, 148, 220] as const;
/** From here on the ramp is light, and text on it dark. */
const LIGHT = 5;

/** Index of the step of `count` that a value falls into; null when it is not finite. */
function stepOf(value: number, range: Range, count: number): number | null {
  const share = shareOf(value, range);
  return share === null ? null : Math.min(count - 1, Math.floor(share * count));
}

/** How cells of a heatmap are shown: behind their text as colour, or before it as a shade. */
export interface Ink {
  /** Cells that the shade takes before the text. */
  readonly lead: number;
  cell(value: number, text: string): string;
  /** The scale in pieces that belong together. */
  readonly legend: readonly string[];
}

function onRamp(step: number, depth: ColorDepth, text: string): string {
  const [red, green, blue] = RAMP[step] ?? RAMP[0];
  const back = depth === 24 ? `48;2;${red};${green};${blue}` : `48;5;${RAMP_256[step]}`;
  const front = depth === 24 ? (step < LIGHT ? '38;2;255;255;255' : '38;2;0;0;0') : frontOf(step);
  return `\u001b[${front};${back}m${text}\u001b[39;49m`;
}

const frontOf = (step: number): string => (step < LIGHT ? '38;5;231' : '38;5;16');

/** `number` writes the ends of the scale. */
export function inkFor(range: Range, depth: ColorDepth, number: (value: number) => string): Ink {
  const [low, high] = range;
  if (depth !== 1) {
    const ramp = RAMP.map((_, step) => onRamp(step, depth, '  ')).join('');
    return {
      lead: 0,
      cell: (value, text) => {
        const step = stepOf(value, range, RAMP.length);
        return step === null ? text : onRamp(step, depth, text);
      },
      legend: [`${number(low)} ${ramp} ${number(high)}`],
    };
  }
  const edge = (step: number): string => number(low + ((high - low) * step) / SHADES.length);
  const steps = SHADES.map((shade, step) => `${shade} ${edge(step)}`);
  const middle = SHADES[Math.floor(SHADES.length / 2)];
  return {
    lead: 1,
    cell: (value, text) => {
      const step = stepOf(value, range, SHADES.length);
      return `${step === null ? ' ' : SHADES[step]}${text}`;
    },
    legend:
      high > low
        ? [...steps.slice(0, -1), `${steps.at(-1)} to ${number(high)}`]
        : [`${middle} ${number(low)}`],
  };
}

/** A number in as few characters as a cell affords. */
export function cellNumber(value: number): string {
  if (!Number.isFinite(value)) return 'n/a';
  const size = Math.abs(value);
  if (size < 9.995) return value.toFixed(2).replace('-0.00', '0.00');
  if (size < 99.95) return value.toFixed(1);
  if (size < 9999.5) return value.toFixed(0);
  return value.toExponential(0).replace('e+', 'e');
}
